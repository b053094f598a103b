// Rows of email_outbox as the judge asks for them.
#pragma once

#include "core/sending/judge.hpp"
#include "pg/spi.hpp"

namespace calcom::outbox {

using namespace pg;

struct OutboxRow {
  DueMail mail;
  pg_uuid_t id{};
  std::string address;  // the recipient as stored; mail.recipient is its key
  std::string booking_uid, rule, idempotency_key, request;
  std::int32_t attempts = 0;
  std::int32_t priority = 0;
  Micros send_after = 0;
  MailState state = MailState::kQueued;
  std::optional<MailCause> cause;
  std::string reason;
};

// The columns of email_outbox as o that outbox_row() reads, from the first one on. `request` is an SQL expression.
#define CALCOM_OUTBOX_ROW(request)                                                              \
  "o.id, o.kind, o.booking_uid, o.recipient, o.start_time, o.attempts, " request                \
  ", o.first_attempt_at, o.idempotency_key, o.mail_mode, o.owed_at, o.in_doubt,"                \
  " (select s.reason from @extschema@.email_suppressions s where s.account = o.account"         \
  "     and s.email = pg_catalog.lower(o.recipient collate \"C\") collate \"default\"),"        \
  " (select (extract(epoch from r.before) * 1000000)::bigint from @extschema@.reminder_rules r" \
  "   where r.account = o.account and r.rule = o.rule),"                                        \
  " o.rule, o.priority::integer, o.send_after, o.state, o.cause, o.reason"

OutboxRow outbox_row(const pg::Rows& rows, std::uint64_t row);

// Reminders to the same recipient of the same booking and start, in one of these states, into `mail.reminders`.
void add_other_reminders(pg::Spi& spi, const std::string& account, std::vector<OutboxRow>& rows,
                         const std::vector<std::string>& states);

// What was sent within the last hour, or is planned, to these recipients.
void learn_turns(pg::Spi& spi, const std::string& account, std::vector<std::string> recipients, int per_hour,
                 Micros now, RecipientLimit& limit);

MailId mail_id(const pg_uuid_t& id);

}  // namespace calcom::outbox
