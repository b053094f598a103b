#include "outbox/claim.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/booking/booking_detail.hpp"
#include "core/mail/mail_age.hpp"
#include "core/sending/recipient_limit.hpp"
#include "core/sending/resend.hpp"
#include "core/sending/retry.hpp"
#include "outbox/compose.hpp"
#include "outbox/outbox_skip_scan.hpp"
#include "store/booking_store.hpp"

namespace calcom::outbox {

namespace {

constexpr int kCapturesPerRound = 50;         // test mode renders only; rounds stay short all the same
constexpr Micros kUnreadable = 10 * kMinute;  // what cannot be read or composed waits, alone
constexpr std::string_view kKeyIsOut = "429 as another database with this key was told";

// What becomes of one due row, in the columns of the one UPDATE.
struct Fate {
  std::string state, reason;
  Frozen frozen;                // empty: nothing is frozen now
  std::optional<Micros> again;  // queued: not before
};

std::vector<DueMail> lock_due(pg::Spi& spi, const MailAccount& account, int limit) {
  static constinit pg::Statement statement{CALCOM_STEP_PRIORITIES(
      "$1") "select d.* from step p cross join lateral"
            " (select o.id, o.kind, o.booking_uid, o.recipient, o.start_time, o.attempts, o.request,"
            "         o.first_attempt_at, o.idempotency_key, o.mail_mode,"
            "         (select s.reason from @extschema@.email_suppressions s"
            "           where s.account = o.account"
            "             and s.email = pg_catalog.lower(o.recipient collate \"C\") collate \"default\"),"
            "         array(select (extract(epoch from r.last_attempt_at) * 1000000)::bigint"
            "                 from @extschema@.email_outbox r"
            "                where r.account = o.account and pg_catalog.lower(r.recipient collate "
            "\"C\") = pg_catalog.lower(o.recipient collate \"C\")"
            "                  and r.attempts > 0 and r.last_attempt_at > $3 - interval '1 hour' and r.id <> "
            "o.id"
            "                order by r.last_attempt_at desc limit $4), o.owed_at,"
            "         o.kind = 'reminder' and calcom_internal.has_later_reminder(o.account, o.id), "
            "o.in_doubt"
            "    from @extschema@.email_outbox o"
            "   where o.account = $1 and o.state = 'queued' and o.priority = p.priority and o.send_after <= "
            "$3"
            "   order by o.send_after limit $2 for update of o skip locked) d limit $2"};
  std::vector<DueMail> due;
  const pg::Rows rows = spi.run(statement, pg::Params()
                                               .text(account.name)
                                               .int8(limit)
                                               .time(pg::now())
                                               .int8(account.sends() ? account.max_mails_per_hour : 0));
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    DueMail mail;
    mail.id = rows.uuid(row, 1);
    mail.kind = rows.text(row, 2);
    mail.booking_uid = rows.text(row, 3);
    mail.recipient = rows.text(row, 4);
    if (std::string key = normal_email(mail.recipient); !key.empty()) mail.recipient = std::move(key);
    mail.start_time = rows.time(row, 5);
    mail.attempts = rows.int4(row, 6);
    mail.request = rows.text(row, 7);
    mail.first_attempt_at = rows.time(row, 8);
    mail.idempotency_key = rows.text(row, 9);
    if (mail.idempotency_key.empty()) mail.idempotency_key = pg::uuid_string(mail.id);
    mail.mail_mode = rows.text(row, 10);
    mail.suppressed = rows.text(row, 11);
    mail.sent = rows.int8s(row, 12);
    mail.owed_at = rows.time(row, 13).value_or(pg::now());
    mail.overtaken = rows.boolean(row, 14);
    mail.in_doubt = rows.boolean(row, 15);
    due.push_back(std::move(mail));
  }
  return due;
}

Fate judge_true(pg::Spi& spi, const MailAccount& account, const DueMail& mail, MailKind kind,
                const Booking& booking, Micros now) {
  const Instant meant{mail.start_time.value_or(instant_of(booking, Detail::kStartTime).value_or(0))};
  const std::string untrue = why_untrue(kind, mail.recipient, meant, booking, now);
  if (!untrue.empty()) return {"skipped", untrue, {}, {}};
  if (!mail.in_doubt && too_old(kind, mail.owed_at, account.max_mail_age, now))
    return {"skipped", std::string(kTooOld), {}, {}};
  Fate fate{account.sends() ? "sending" : "captured", {}, {}, {}};
  if (mail.request.empty()) fate.frozen = compose(spi, account, mail, kind, booking);
  return fate;
}

// Truth is asked before every attempt, not only before the first: a booking may have been cancelled between
// two.
Fate judge(pg::Spi& spi, const MailAccount& account, const DueMail& mail, Micros now) {
  const auto kind = mail_kind(mail.kind);
  if (!kind) return {"failed", "unknown kind of mail", {}, {}};
  if (mail.overtaken) return {"skipped", "a later reminder is due as well", {}, {}};
  if (!mail.suppressed.empty()) return {"skipped", "suppressed: " + mail.suppressed, {}, {}};
  if (!mail.mail_mode.empty() && mail.mail_mode != account.mail_mode)
    return {"held", "composed in mode " + mail.mail_mode + ", the account is in another", {}, {}};
  if (mail.in_doubt && mail.first_attempt_at && now - *mail.first_attempt_at > kIdempotencyWindow)
    return {"uncertain", "the outcome stayed unknown for 23 hours", {}, {}};
  try {
    const auto booking = store::read_booking(spi, account.name, mail.booking_uid);
    if (!booking) return {"skipped", "no such booking", {}, {}};
    return judge_true(spi, account, mail, *kind, *booking, now);
  } catch (const pg::SqlError& unreadable) {  // one such booking must not stop the queue
    if (unreadable.sqlstate != ERRCODE_DATA_CORRUPTED) throw;
    return {"queued", "the booking cannot be read by this version", {}, now + kUnreadable};
  }
}

// Of the server or of its tables, not of one mail.
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

// After a round that failed: a mail that makes it fail is put off, so that it stops no other. Else all share
// the round, because a subtransaction a mail costs more than it is worth.
Fate judge_apart(pg::Spi& spi, const MailAccount& account, const DueMail& mail, Micros now) {
  Fate fate;
  pg::Failure failure;
  if (pg::subxact(&failure, [&] { fate = judge(spi, account, mail, now); })) return fate;
  if (ends_the_round(failure)) throw pg::SqlError{failure.sqlstate, failure.message};
  return {"queued",
          std::string("cannot be composed: SQLSTATE ") + unpack_sql_state(failure.sqlstate),
          {},
          now + kUnreadable};
}

struct Columns {
  std::vector<pg_uuid_t> ids;
  std::vector<std::string> states, reasons, subjects, requests;
  std::vector<std::optional<Micros>> again;
};

// Planned each time: a plan made for a short queue joins the other way round and reads the whole of a long
// one.
void write(pg::Spi& spi, const MailAccount& account, const Lease& lease, const Columns& columns, Micros now) {
  static constexpr char kStatement[] =
      "update @extschema@.email_outbox o set state = u.state, reason = u.reason,"
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
      "                 pg_catalog.unnest($9), pg_catalog.unnest($10), pg_catalog.unnest($11))"
      "        as u (id, state, reason, subject, request, again)"
      " where o.account = $1 and o.id = u.id";
  spi.once(kStatement, pg::Params()
                           .text(account.name)
                           .text(lease.node)
                           .int8(lease.epoch)
                           .text(account.mail_mode)
                           .time(now)
                           .uuids(columns.ids)
                           .texts(columns.states)
                           .texts_or_null(columns.reasons)
                           .texts_or_null(columns.subjects)
                           .texts_or_null(columns.requests)
                           .times(columns.again));
}

void settle(pg::Spi& spi, const MailAccount& account, const Lease& lease, std::vector<DueMail>& due,
            Round& round) {
  Columns columns;
  const Micros now = pg::now();
  RecipientLimit limit(account.sends() ? account.max_mails_per_hour : 0);
  for (DueMail& mail : due) {
    Fate fate = round.apart ? judge_apart(spi, account, mail, now) : judge(spi, account, mail, now);
    if (fate.state == "sending" && !mail.first_attempt_at)  // a repetition is no further mail
      if (const auto later = limit.put_off(lower_ascii(mail.recipient), mail.sent, now))
        fate = {"queued", "more mails to this recipient within an hour than the account allows", {}, later};
    if (fate.state == "sending") {
      Outgoing outgoing{
          account.name,
          mail.id,
          mail.attempts + 1,
          mail.first_attempt_at.value_or(now),
          mail.in_doubt,
          mail.idempotency_key,
          account.key,
          mail.request.empty() ? fate.frozen.request : mail.request,
          mail.request.empty() ? sender_domain(account.sender) : sender_domain_of(mail.request)};
      round.outgoing.push_back(std::move(outgoing));
    }
    round.captured += fate.state == "captured";
    round.failed += fate.state == "failed";
    columns.ids.push_back(mail.id);
    columns.states.push_back(std::move(fate.state));
    columns.reasons.push_back(std::move(fate.reason));
    columns.subjects.push_back(std::move(fate.frozen.subject));
    columns.requests.push_back(std::move(fate.frozen.request));
    columns.again.push_back(fate.again);
  }
  if (!due.empty()) write(spi, account, lease, columns, now);
}

void look_again(Round& round, Micros at) {
  if (at != 0 && (round.look_at == 0 || at < round.look_at)) round.look_at = at;
}

// How many mails of this account may start now, their tokens taken; where it is none, `round` learns when to
// look again.
int allowance(SendState& sender, int slots, Micros now, Round& round) {
  // Another database was told of the key's quota.
  const Micros closed = sender.rate.closed_until(now);
  if (closed > now + kLongPause && !sender.circuit.open()) sender.stop(now, closed - now, kKeyIsOut);
  const int wish = sender.circuit.allowed(now, slots);
  const int taken = sender.rate.take(wish, now);
  if (wish == 0 && sender.circuit.probing())
    round.wants_answer = true;
  else if (taken == 0)
    look_again(round, std::max(sender.circuit.ready_at(), sender.rate.ready_at(now)));
  return taken;
}

// True: nothing that is due was left, but for what somebody else has locked.
bool serve(pg::Spi& spi, const MailAccount& account, const Lease& lease, SendState& sender, int slots,
           Round& round) {
  const Micros now = pg::now();
  const int limit = account.sends() ? allowance(sender, slots, now, round) : kCapturesPerRound;
  if (limit == 0) return false;
  std::vector<DueMail> due = lock_due(spi, account, limit);
  const std::size_t before = round.outgoing.size();
  settle(spi, account, lease, due, round);
  const auto taken = static_cast<int>(round.outgoing.size() - before);
  if (account.sends()) {
    sender.rate.give_back(limit - taken);
    if (taken > 0) sender.circuit.started();
  }
  // All that was asked for was there, so there may be more: at once, unless slots or tokens are used up.
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
    if (!account.hold_reason.empty()) {
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
