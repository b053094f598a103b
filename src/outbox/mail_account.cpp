#include "outbox/mail_account.hpp"

#include "outbox/outbox_skip_scan.hpp"
#include "store/secret.hpp"

namespace calcom::outbox {

namespace {

constexpr std::uint64_t kRowsPerCall = 500;
constexpr Micros kLocked = 5 * kSecond;

std::string key_of(pg::Spi& spi, MailAccount& account) {
  try {
    std::vector<std::string> keys = store::secrets(spi, account.name, "resend_api_key");
    return keys.empty() ? std::string() : std::move(keys.front());
  } catch (const pg::SqlError& unreadable) {  // a file that is not there must not stop the other accounts
    if (unreadable.sqlstate != ERRCODE_CONFIG_FILE_ERROR) throw;
    account.hold_reason = "the file of the secret resend_api_key cannot be read";
    return {};
  }
}

void judge(pg::Spi& spi, MailAccount& account) {
  if (account.disabled) {
    account.hold_reason = "the account is disabled";
    return;
  }
  if (account.paused) {
    account.hold_reason = "paused";
    return;
  }
  if (!account.sends()) return;
  account.key = key_of(spi, account);
  if (!account.hold_reason.empty()) return;
  if (account.sender.empty())
    account.hold_reason = "no sender is set: calcom_account_set()";
  else if (account.key.empty())
    account.hold_reason = "no key is set: calcom_set_secret()";
  else if (account.mail_mode == "redirect" && account.redirect_to.empty())
    account.hold_reason = "no address to redirect to is set: calcom_account_set()";
  else  // live or redirect: mail leaves, so it leaves from where it was armed and from no copy
    account.hold_reason = store::why_not_armed(spi, account.name, store::environment());
}

// Of the columns account, sender, reply_to, cal_link, booker_url, mail_mode, redirect_to, locale, from 1 on.
MailAccount account_of(const pg::Rows& rows, std::uint64_t row) {
  MailAccount account;
  std::string* const texts[] = {&account.name,        &account.sender,     &account.reply_to,
                                &account.cal_link,    &account.booker_url, &account.mail_mode,
                                &account.redirect_to, &account.locale};
  int column = 0;
  for (std::string* text : texts) *text = rows.text(row, ++column);
  return account;
}

}  // namespace

std::optional<MailAccount> account_named(pg::Spi& spi, const std::string& name) {
  static constinit pg::Statement statement{
      "select a.account, a.sender, a.reply_to, a.cal_link, a.booker_url, a.mail_mode, a.redirect_to, "
      "a.locale,"
      "       a.calendar_file, a.paused, a.disabled_at is not null"
      "  from @extschema@.calcom_accounts a where a.account = $1"};
  const pg::Rows rows = spi.run(statement, pg::Params().text(name));
  if (rows.empty()) return std::nullopt;
  MailAccount account = account_of(rows, 0);
  account.calendar_file = rows.boolean(0, 9);
  account.paused = rows.boolean(0, 10);
  account.disabled = rows.boolean(0, 11);
  return account;
}

std::string why_held(pg::Spi& spi, const std::string& name) {
  auto account = account_named(spi, name);
  if (!account) return {};
  judge(spi, *account);
  return std::move(account->hold_reason);
}

std::vector<MailAccount> accounts_with_mail(pg::Spi& spi) {
  static constinit pg::Statement statement{
      "select a.account, a.sender, a.reply_to, a.cal_link, a.booker_url, a.mail_mode, a.redirect_to, a.locale,"
      "       a.paused, a.urgent is not null, a.held, a.disabled_at is not null, a.calendar_file,"
      "       a.max_mails_per_hour,"
      "       (extract(epoch from a.mail_max_age) * 1000000)::bigint, a.urgent::integer"
      "  from (select c.*, q.urgent,"
      "    (select true from @extschema@.email_outbox o where o.account = c.account and o.state = 'held'"
      "      limit 1) as held"
      "  from @extschema@.calcom_accounts c cross join lateral (" CALCOM_STEP_PRIORITIES("c.account")
      "    select pg_catalog.min(s.priority) as urgent from step s where pg_catalog.clock_timestamp() >="
      "      (select o.send_after from @extschema@.email_outbox o where o.account = c.account"
      "          and o.state = 'queued' and o.priority = s.priority order by o.send_after limit 1)) q offset 0) a"
      " where a.held or a.urgent is not null"};
  std::vector<MailAccount> accounts;
  const pg::Rows rows = spi.run(statement);
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    MailAccount account = account_of(rows, row);
    account.paused = rows.boolean(row, 9);
    account.has_due = rows.boolean(row, 10);
    account.has_held = rows.boolean(row, 11);
    account.disabled = rows.boolean(row, 12);
    account.calendar_file = rows.boolean(row, 13);
    account.max_mails_per_hour = rows.int4(row, 14);
    if (!rows.is_null(row, 15)) account.max_mail_age = rows.int8(row, 15);
    if (account.has_due) account.most_urgent = rows.int4(row, 16);
    judge(spi, account);
    accounts.push_back(std::move(account));
  }
  return accounts;
}

bool hold_due(pg::Spi& spi, const MailAccount& account) {
  static constinit pg::Statement statement{
      "update @extschema@.email_outbox o set state = 'held', reason = $2"
      " where o.account = $1 and o.id = any(array(" CALCOM_STEP_PRIORITIES("$1")
      "   select d.id from step s cross join lateral"
      "     (select q.id from @extschema@.email_outbox q where q.account = $1 and q.state = 'queued'"
      "         and q.priority = s.priority and q.send_after <= $3"
      "       order by q.send_after limit 500 for update skip locked) d limit 500))"};
  return spi.run(statement, pg::Params().text(account.name).text(account.hold_reason).time(pg::now()))
             .affected() == kRowsPerCall;
}

// INVARIANT: what was frozen for one mode is not taken up in another: a mail composed for the true recipient
// must not leave in redirect mode, and would only be held again.
bool release_held(pg::Spi& spi, const MailAccount& account) {
  static constinit pg::Statement statement{
      "update @extschema@.email_outbox o set state = 'queued', reason = null"
      " where o.account = $1 and o.id = any(array("
      "   select q.id from @extschema@.email_outbox q where q.account = $1 and q.state = 'held'"
      "      and (q.mail_mode is null or q.mail_mode = $2) limit 500 for update skip locked))"};
  return spi.run(statement, pg::Params().text(account.name).text(account.mail_mode)).affected() ==
         kRowsPerCall;
}

std::optional<Micros> next_due(pg::Spi& spi, Micros after, const std::vector<std::string>& emptied) {
  static constinit pg::Statement statement{
      "select pg_catalog.min(least(n.at, case when n.locked then $3 end)) from @extschema@.calcom_accounts a cross join lateral ("
      CALCOM_STEP_PRIORITIES("a.account")
      "  select (select o.send_after from @extschema@.email_outbox o where o.account = a.account"
      "             and o.state = 'queued' and o.priority = s.priority and o.send_after > $1"
      "             and o.send_after < 'infinity'"
      "           order by o.send_after limit 1) as at,"
      "         a.account = any($2) and exists (select from @extschema@.email_outbox o"
      "           where o.account = a.account and o.state = 'queued' and o.priority = s.priority"
      "             and o.send_after <= $1) as locked"
      "    from step s where s.priority is not null) n"};
  return spi.run(statement, pg::Params().time(after).texts(emptied).time(after + kLocked)).time(0, 1);
}

}  // namespace calcom::outbox
