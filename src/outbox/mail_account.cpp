#include "outbox/mail_account.hpp"

#include "outbox/outbox_skip_scan.hpp"
#include "store/secret.hpp"

namespace calcom::outbox {

namespace {

constexpr std::uint64_t kRowsPerCall = 500;
constexpr Micros kLocked = 5 * kSecond;

void read_key(pg::Spi& spi, MailAccount& account) {
  try {
    std::vector<std::string> keys = secrets(spi, account.name, "resend_api_key");
    if (keys.empty()) return;
    account.key = std::move(keys.front());
    account.state.key = KeyState::kSet;
  } catch (const pg::SqlError& unreadable) {  // a missing file must not stop the other accounts
    if (unreadable.sqlstate != ERRCODE_CONFIG_FILE_ERROR) throw;
    account.state.key = KeyState::kUnreadable;
  }
}

// Reads what decides whether the account's mail may leave, and decides.
void judge(pg::Spi& spi, MailAccount& account) {
  account.state.has_sender = !account.sender.empty();
  account.state.has_redirect_address = !account.redirect_to.empty();
  if (account.sends() && !account.state.disabled && !account.state.paused) {
    read_key(spi, account);
    account.state.not_armed = why_not_armed(spi, account.name, environment());
  }
  account.hold = held(account.state);
}

// The columns of calcom_accounts as c that account_of() reads, from the first one on.
#define CALCOM_MAIL_ACCOUNT_COLUMNS                                                                  \
  "c.account, c.sender, c.reply_to, c.cal_link, c.booker_url, c.redirect_to, c.locale, c.mail_mode," \
  " c.paused, c.disabled_at is not null, c.calendar_file, c.max_mails_per_hour,"                     \
  " (extract(epoch from c.mail_max_age) * 1000000)::bigint"
constexpr int kAccountColumns = 13;

MailAccount account_of(const pg::Rows& rows, std::uint64_t row) {
  MailAccount account;
  std::string* const texts[] = {&account.name,     &account.sender,     &account.reply_to,
                                &account.cal_link, &account.booker_url, &account.redirect_to,
                                &account.locale};
  int column = 0;
  for (std::string* text : texts) *text = rows.text(row, ++column);
  account.state.mode = parse<MailMode>(rows.text(row, ++column)).value_or(MailMode::kTest);
  account.state.paused = rows.boolean(row, ++column);
  account.state.disabled = rows.boolean(row, ++column);
  account.calendar_file = rows.boolean(row, ++column);
  account.state.max_mails_per_hour = rows.int4(row, ++column);
  if (!rows.is_null(row, ++column)) account.state.max_mail_age = rows.int8(row, column);
  return account;
}

std::vector<MailAccount> read_accounts(pg::Spi& spi, const std::optional<std::string>& name) {
  static constinit pg::Statement statement{"select " CALCOM_MAIL_ACCOUNT_COLUMNS
                                           "  from @extschema@.calcom_accounts c"
                                           " where $1 is null or c.account = $1 order by c.account"};
  std::vector<MailAccount> found;
  const pg::Rows rows = spi.run(statement, pg::Params().text_optional(name));
  for (std::uint64_t row = 0; row < rows.size(); ++row) found.push_back(account_of(rows, row));
  return found;
}

}  // namespace

std::vector<MailAccount> accounts(pg::Spi& spi, const std::optional<std::string>& name) {
  std::vector<MailAccount> found = read_accounts(spi, name);
  for (MailAccount& account : found) judge(spi, account);
  return found;
}

std::optional<MailAccount> account_named(pg::Spi& spi, const std::string& name) {
  std::vector<MailAccount> found = read_accounts(spi, name);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<MailAccount> accounts_with_mail(pg::Spi& spi) {
  static constinit pg::Statement statement{
      "select " CALCOM_MAIL_ACCOUNT_COLUMNS ", c.held, c.urgent is not null, c.urgent::integer"
      "  from (select a.*, q.urgent,"
      "    (select true from @extschema@.email_outbox o where o.account = a.account and o.state = 'held'"
      "      limit 1) as held"
      "  from @extschema@.calcom_accounts a cross join lateral (" CALCOM_STEP_PRIORITIES("a.account")
      "    select pg_catalog.min(s.priority) as urgent from step s where pg_catalog.clock_timestamp() >="
      "      (select o.send_after from @extschema@.email_outbox o where o.account = a.account"
      "          and o.state = 'queued' and o.priority = s.priority order by o.send_after limit 1)) q offset 0) c"
      " where c.held or c.urgent is not null"};
  std::vector<MailAccount> accounts;
  const pg::Rows rows = spi.run(statement);
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    MailAccount account = account_of(rows, row);
    account.has_held = rows.boolean(row, kAccountColumns + 1);
    account.has_due = rows.boolean(row, kAccountColumns + 2);
    if (account.has_due) account.most_urgent = rows.int4(row, kAccountColumns + 3);
    judge(spi, account);
    accounts.push_back(std::move(account));
  }
  return accounts;
}

bool hold_due(pg::Spi& spi, const MailAccount& account) {
  static constinit pg::Statement statement{
      "update @extschema@.email_outbox o set state = 'held', cause = $2, reason = $4"
      " where o.account = $1 and o.id = any(array(" CALCOM_STEP_PRIORITIES("$1")
      "   select d.id from step s cross join lateral"
      "     (select q.id from @extschema@.email_outbox q where q.account = $1 and q.state = 'queued'"
      "         and q.priority = s.priority and q.send_after <= $3"
      "       order by q.send_after limit 500 for update skip locked) d limit 500))"};
  return spi.run(statement, pg::Params()
                                .text(account.name)
                                .text(name(account.hold->cause.value()))
                                .time(pg::now())
                                .text(account.hold->reason))
             .affected() == kRowsPerCall;
}

// INVARIANT: a mail that was composed in one mode is not sent in another: one composed for its recipient must not
// leave in redirect mode.
bool release_held(pg::Spi& spi, const MailAccount& account) {
  static constinit pg::Statement statement{R"sql(
    update @extschema@.email_outbox o
    set
      state = case when f.fits then 'queued' else 'held' end, cause = case when not f.fits then $3 end,
      reason = case when not f.fits then $4 end
    from (
      select q.id, q.mail_mode is null or q.mail_mode = $2 as fits
      from @extschema@.email_outbox q
      where q.account = $1
        and q.state = 'held'
        and (q.mail_mode is null or q.mail_mode = $2 or q.cause is distinct from $3)
      limit 500
      for update skip locked
    ) f
    where o.account = $1 and o.id = f.id)sql"};
  return spi.run(statement, pg::Params()
                                .text(account.name)
                                .text(name(account.state.mode))
                                .text(name(MailCause::kModeChanged))
                                .text(sentence(MailCause::kModeChanged)))
             .affected() == kRowsPerCall;
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
