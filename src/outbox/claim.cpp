#include "outbox/claim.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/sending/resend.hpp"
#include "outbox/compose.hpp"
#include "outbox/outbox_skip_scan.hpp"
#include "store/booking_store.hpp"

namespace calcom::outbox {

namespace {

constexpr int kCapturesPerRound = 50;  // test mode only renders mails; this keeps rounds short
constexpr std::string_view kKeyIsOut = "429 received by another database with this key";

struct Judged {
  MailFate fate;
  Frozen frozen;  // empty: nothing is composed now
};

std::vector<OutboxRow> lock_due(pg::Spi& spi, const MailAccount& account, int limit) {
  static constinit pg::Statement statement{CALCOM_STEP_PRIORITIES(
      "$1") "select d.* from step p cross join lateral"
            " (select " CALCOM_OUTBOX_ROW(
                "o.request") " from @extschema@.email_outbox o"
                             "   where o.account = $1 and o.state = 'queued' and o.priority = p.priority and "
                             "o.send_after <= $3"
                             "   order by o.send_after, o.id limit $2 for update of o skip locked) d limit "
                             "$2"};
  std::vector<OutboxRow> due;
  const pg::Rows rows = spi.run(statement, pg::Params().text(account.name).int8(limit).time(pg::now()));
  for (std::uint64_t row = 0; row < rows.size(); ++row) due.push_back(outbox_row(rows, row));
  add_other_reminders(spi, account.name, due, {"queued", "held", "sending", "sent", "captured"});
  return due;
}

// Runs before every attempt: the booking may have been cancelled since the last one.
Judged judge_row(pg::Spi& spi, const MailAccount& account, OutboxRow& row, Micros now) {
  try {
    const auto booking = store::read_booking(spi, account.name, row.booking_uid);
    Judged judged{judge_mail(row.mail, account.state, booking ? &*booking : nullptr, now), {}};
    const bool goes = judged.fate.state == MailState::kSending || judged.fate.state == MailState::kCaptured;
    if (goes && row.request.empty())
      judged.frozen = compose(spi, account, row, row.mail.kind.value(), *booking);
    return judged;
  } catch (const pg::SqlError& unreadable) {  // one such booking must not stop the queue
    if (unreadable.sqlstate != ERRCODE_DATA_CORRUPTED) throw;
    row.mail.booking_unreadable = true;
    return {judge_mail(row.mail, account.state, nullptr, now), {}};
  }
}

// True if the error is one of the server or of its tables, not of one mail.
bool ends_the_round(const pg::Failure& failure) {
  switch (ERRCODE_TO_CATEGORY(failure.sqlstate)) {
    case ERRCODE_TO_CATEGORY(ERRCODE_INVALID_TRANSACTION_STATE):
    case ERRCODE_TO_CATEGORY(ERRCODE_TRANSACTION_ROLLBACK):
    case ERRCODE_TO_CATEGORY(ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION):
    case ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES):
    case ERRCODE_TO_CATEGORY(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE):
    case ERRCODE_TO_CATEGORY(ERRCODE_OPERATOR_INTERVENTION):
    case ERRCODE_TO_CATEGORY(ERRCODE_SYSTEM_ERROR):
      return true;
    default:
      return false;
  }
}

// After a failed round each mail is judged in a subtransaction. A mail that fails is deferred and does not
// stop the others. In other rounds all mails share the transaction, because a subtransaction for each mail
// is slow.
Judged judge_apart(pg::Spi& spi, const MailAccount& account, OutboxRow& row, Micros now) {
  Judged judged;
  pg::Failure failure;
  if (pg::subxact(&failure, [&] { judged = judge_row(spi, account, row, now); })) return judged;
  if (ends_the_round(failure)) throw pg::SqlError{failure.sqlstate, failure.message};
  std::string reason(sentence(MailCause::kNotComposable));
  reason.append(": SQLSTATE ").append(unpack_sql_state(failure.sqlstate));
  return {{MailState::kQueued, MailCause::kNotComposable, std::move(reason), now + kUnreadablePause}, {}};
}

struct Columns {
  std::vector<pg_uuid_t> ids;
  std::vector<std::string> states, causes, reasons, subjects, requests;
  std::vector<std::optional<Micros>> again;
};

// Planned at each call: a plan that is cached while the queue is short would read the whole of a long queue.
void write(pg::Spi& spi, const MailAccount& account, const Lease& lease, const Columns& columns, Micros now) {
  static constexpr char kStatement[] =
      "update @extschema@.email_outbox o set state = u.state, cause = u.cause, reason = u.reason,"
      "  attempts = o.attempts + (u.state = 'sending')::integer,"
      "  lease_node = case when u.state = 'sending' then $2 end,"
      "  lease_epoch = case when u.state = 'sending' then $3 end,"
      "  subject = coalesce(u.subject, o.subject), request = coalesce(u.request, o.request),"
      "  mail_mode = case when u.request is null then o.mail_mode else $4 end,"
      "  idempotency_key = coalesce(o.idempotency_key, o.id::text),"
      "  first_attempt_at = coalesce(o.first_attempt_at, case when u.state = 'sending' then $5 end),"
      "  in_doubt = o.in_doubt or u.state = 'sending',"  // until its answer is known
      "  last_attempt_at = case when u.state = 'sending' then $5 else o.last_attempt_at end,"
      "  send_after = coalesce(u.again, o.send_after),"
      "  settled_at = case when u.state in ('captured', 'skipped', 'failed', 'uncertain') then $5 end"
      " from rows from (pg_catalog.unnest($6), pg_catalog.unnest($7), pg_catalog.unnest($8),"
      "                 pg_catalog.unnest($9), pg_catalog.unnest($10), pg_catalog.unnest($11),"
      "                 pg_catalog.unnest($12))"
      "        as u (id, state, reason, subject, request, again, cause)"
      " where o.account = $1 and o.id = u.id";
  spi.once(kStatement, pg::Params()
                           .text(account.name)
                           .text(lease.node)
                           .int8(lease.epoch)
                           .text(name(account.state.mode))
                           .time(now)
                           .uuids(columns.ids)
                           .texts(columns.states)
                           .texts_or_null(columns.reasons)
                           .texts_or_null(columns.subjects)
                           .texts_or_null(columns.requests)
                           .times(columns.again)
                           .texts_or_null(columns.causes));
}

RecipientLimit limit_of(pg::Spi& spi, const MailAccount& account, const std::vector<OutboxRow>& due,
                        Micros now) {
  RecipientLimit limit;
  if (!account.sends()) return limit;
  std::vector<std::string> recipients;
  recipients.reserve(due.size());
  for (const OutboxRow& row : due) recipients.push_back(row.mail.recipient);
  learn_turns(spi, account.name, std::move(recipients), account.state.max_mails_per_hour, now, limit);
  return limit;
}

Outgoing outgoing_of(const MailAccount& account, const OutboxRow& row, const Frozen& frozen, Micros now) {
  const bool composed = row.request.empty();
  return {account.name,
          row.id,
          row.attempts + 1,
          row.mail.first_attempt_at.value_or(now),
          row.mail.in_doubt,
          row.idempotency_key,
          account.key,
          composed ? frozen.request : row.request,
          composed ? sender_domain(account.sender) : sender_domain_of(row.request)};
}

void settle(pg::Spi& spi, const MailAccount& account, const Lease& lease, std::vector<OutboxRow>& due,
            Round& round) {
  if (due.empty()) return;
  Columns columns;
  const Micros now = pg::now();
  RecipientLimit limit = limit_of(spi, account, due, now);
  for (OutboxRow& row : due) {
    const bool was_put_off = row.cause == MailCause::kRecipientLimit;
    row.mail.others = limit.others(row.mail.recipient, row.mail.id, row.priority, was_put_off, now);
    auto [fate, frozen] =
        round.apart ? judge_apart(spi, account, row, now) : judge_row(spi, account, row, now);
    if (fate.state == MailState::kSending) {
      limit.sent(row.mail.recipient, row.mail.id, now);
      round.outgoing.push_back(outgoing_of(account, row, frozen, now));
    }
    if (fate.cause == MailCause::kRecipientLimit)
      limit.planned(row.mail.recipient, row.mail.id, fate.again.value_or(now), row.priority);
    round.captured += fate.state == MailState::kCaptured;
    round.failed += fate.state == MailState::kFailed;
    columns.ids.push_back(row.id);
    columns.states.emplace_back(name(fate.state));
    columns.causes.emplace_back(fate.cause ? name(*fate.cause) : std::string_view());
    columns.reasons.push_back(std::move(fate.reason));
    columns.subjects.push_back(std::move(frozen.subject));
    columns.requests.push_back(std::move(frozen.request));
    columns.again.push_back(fate.again);
  }
  write(spi, account, lease, columns, now);
}

void look_again(Round& round, Micros at) {
  if (at != 0 && (round.look_at == 0 || at < round.look_at)) round.look_at = at;
}

// Takes tokens and returns how many mails of this account may start now. If none may start, stores in `round`
// when to look again.
int allowance(SendState& sender, int slots, Micros now, Round& round) {
  // Another database received the provider's request to wait for this key.
  const Micros closed = sender.rate.closed_until(now);
  if (closed > now + kLongPause && !sender.circuit.open())
    sender.stop(now, closed - now, MailCause::kRateLimited, kKeyIsOut);
  const int wish = sender.circuit.allowed(now, slots);
  const int taken = sender.rate.take(wish, now);
  if (wish == 0 && sender.circuit.probing())
    round.wants_answer = true;
  else if (taken == 0)
    look_again(round, std::max(sender.circuit.ready_at(), sender.rate.ready_at(now)));
  return taken;
}

// Returns true if no due mail is left, except mails that another transaction has locked.
bool serve(pg::Spi& spi, const MailAccount& account, const Lease& lease, SendState& sender, int slots,
           Round& round) {
  const Micros now = pg::now();
  const int limit = account.sends() ? allowance(sender, slots, now, round) : kCapturesPerRound;
  if (limit == 0) return false;
  std::vector<OutboxRow> due = lock_due(spi, account, limit);
  const std::size_t before = round.outgoing.size();
  settle(spi, account, lease, due, round);
  const auto taken = static_cast<int>(round.outgoing.size() - before);
  if (account.sends()) {
    sender.rate.give_back(limit - taken);
    if (taken > 0) sender.circuit.started();
  }
  // The limit was reached, so more mails may be due: look again at once, unless slots or tokens are used up.
  if (static_cast<int>(due.size()) < limit) return true;
  if (!account.sends() || taken < limit)
    look_again(round, now);
  else if (sender.circuit.open() || taken == slots)
    round.wants_answer = true;
  else
    look_again(round, sender.rate.ready_at(pg::now()));
  return false;
}

}  // namespace

void claim(pg::Spi& spi, const Lease& lease, SendStates& senders, int slots, Round& round) {
  const Micros began = pg::now();
  const bool afresh = senders.end_waits(spi, began);
  std::vector<MailAccount> accounts = accounts_with_mail(spi);
  senders.sort(accounts);
  std::vector<std::string> emptied;
  for (const MailAccount& account : accounts) {
    if (account.hold) {
      if (account.has_due && hold_due(spi, account)) look_again(round, began);
      continue;
    }
    if (account.has_held && release_held(spi, account)) look_again(round, began);
    if (!account.has_due && !account.has_held) continue;
    const int left = slots - static_cast<int>(round.outgoing.size());
    if (account.sends() && left <= 0) {
      round.wants_answer = true;
      continue;
    }
    SendState& sender = account.sends() ? senders.load(spi, account, began) : senders.of(account.name);
    if (account.sends() && afresh) sender.rate.reopen(began);
    const std::size_t before = round.outgoing.size();
    if (serve(spi, account, lease, sender, left, round)) emptied.push_back(account.name);
    if (round.outgoing.size() > before) senders.served(sender);
  }
  senders.store(spi);
  if (const auto due = next_due(spi, began, emptied)) look_again(round, *due);
}

}  // namespace calcom::outbox
