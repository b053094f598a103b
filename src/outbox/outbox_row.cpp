#include "outbox/outbox_row.hpp"

#include <algorithm>
#include <cstring>
#include <map>

#include "core/base/text.hpp"

namespace calcom::outbox {

MailId mail_id(const pg_uuid_t& id) {
  MailId mail;
  static_assert(sizeof mail == sizeof id.data);
  std::memcpy(mail.data(), id.data, sizeof id.data);
  return mail;
}

OutboxRow outbox_row(const pg::Rows& rows, std::uint64_t row) {
  OutboxRow one;
  one.id = rows.uuid(row, 1);
  one.mail.id = mail_id(one.id);
  one.mail.kind = parse<MailKind>(rows.text(row, 2));
  one.booking_uid = rows.text(row, 3);
  one.address = rows.text(row, 4);
  one.mail.recipient = normal_email(one.address);
  if (one.mail.recipient.empty()) one.mail.recipient = lower_ascii(one.address);
  one.mail.start_time = rows.time(row, 5);
  one.attempts = rows.int4(row, 6);
  one.request = rows.text(row, 7);
  one.mail.first_attempt_at = rows.time(row, 8);
  one.idempotency_key = rows.text(row, 9);
  if (one.idempotency_key.empty()) one.idempotency_key = pg::uuid_string(one.id);
  one.mail.made_in = parse<MailMode>(rows.text(row, 10));
  one.mail.owed_at = rows.time(row, 11).value_or(0);
  one.mail.in_doubt = rows.boolean(row, 12);
  if (!rows.is_null(row, 13)) one.mail.suppressed = rows.text(row, 13);
  if (!rows.is_null(row, 14)) one.mail.before = rows.int8(row, 14);
  one.rule = rows.text(row, 15);
  one.priority = rows.int4(row, 16);
  one.send_after = rows.time(row, 17).value_or(0);
  one.state = parse<MailState>(rows.text(row, 18)).value_or(MailState::kQueued);
  one.cause = parse<MailCause>(rows.text(row, 19));
  one.reason = rows.text(row, 20);
  return one;
}

void add_other_reminders(pg::Spi& spi, const std::string& account, std::vector<OutboxRow>& rows,
                         const std::vector<std::string>& states) {
  std::map<MailId, OutboxRow*> reminders;
  std::vector<pg_uuid_t> ids;
  for (OutboxRow& row : rows) {
    if (!row.mail.before) continue;
    reminders.emplace(row.mail.id, &row);
    ids.push_back(row.id);
  }
  if (ids.empty()) return;
  static constinit pg::Statement statement{
      "select o.id, (extract(epoch from r.before) * 1000000)::bigint, n.state, n.send_after"
      "  from @extschema@.email_outbox o join @extschema@.email_outbox n on n.account = o.account"
      "   and n.booking_uid = o.booking_uid and n.kind = 'reminder' and n.recipient = o.recipient"
      "   and n.start_time = o.start_time and n.id <> o.id and n.state = any($3)"
      "  join @extschema@.reminder_rules r on r.account = n.account and r.rule = n.rule"
      " where o.account = $1 and o.id = any($2)"};
  const pg::Rows found = spi.run(statement, pg::Params().text(account).uuids(ids).texts(states));
  for (std::uint64_t row = 0; row < found.size(); ++row)
    reminders.at(mail_id(found.uuid(row, 1)))
        ->mail.reminders.push_back({found.int8(row, 2),
                                    parse<MailState>(found.text(row, 3)).value_or(MailState::kQueued),
                                    found.time(row, 4).value_or(0)});
}

void learn_turns(pg::Spi& spi, const std::string& account, std::vector<std::string> recipients, int per_hour,
                 Micros now, RecipientLimit& limit) {
  if (per_hour <= 0 || recipients.empty()) return;
  std::sort(recipients.begin(), recipients.end());
  recipients.erase(std::unique(recipients.begin(), recipients.end()), recipients.end());
  static constinit pg::Statement statement{
      "select w.recipient, t.id, t.at, t.priority"
      "  from pg_catalog.unnest($2) w (recipient) cross join lateral ("
      "   (select r.id, r.last_attempt_at as at, null::integer as priority from @extschema@.email_outbox r"
      "     where r.account = $1 and pg_catalog.lower(r.recipient collate \"C\") = w.recipient"
      "       and r.attempts > 0 and r.last_attempt_at > $3 - interval '1 hour'"
      "     order by r.last_attempt_at desc limit $4)"
      "   union all"
      "   (select r.id, r.send_after, r.priority::integer from @extschema@.email_outbox r"
      "     where r.account = $1 and pg_catalog.lower(r.recipient collate \"C\") = w.recipient"
      "       and r.state = 'queued' and r.cause = 'recipient_limit' and r.send_after > $3"
      "     order by r.send_after desc limit $4)) t"};
  const pg::Rows rows = spi.run(
      statement, pg::Params().text(account).texts(recipients).time(now).int8(std::int64_t{per_hour} + 1));
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    const MailId id = mail_id(rows.uuid(row, 2));
    const Micros at = rows.time(row, 3).value_or(0);
    if (rows.is_null(row, 4))
      limit.sent(rows.text(row, 1), id, at);
    else
      limit.planned(rows.text(row, 1), id, at, rows.int4(row, 4));
  }
}

}  // namespace calcom::outbox
