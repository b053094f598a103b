// A pass costs only what is due: bookings are read by the index (account, start_time), from where a rule is settled to
// now + before.
#include "outbox/reminders.hpp"

#include <set>

#include "core/booking/booking_detail.hpp"
#include "core/booking/project.hpp"
#include "pg/row.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::outbox;

namespace {

constexpr int kRulesPerRound = 200;
constexpr int kBookingsPerRule = 500;  // new ones; bookings with the same start are read together

struct DueRule {
  std::string account;
  ReminderRule rule;
  ReminderHorizon horizon;
  RunningXids running;
};

ReminderRule rule_of(const Rows& rows, std::uint64_t row, int column) {
  return {rows.text(row, column), rows.int8(row, column + 1), rows.time(row, column + 2).value_or(0)};
}

// Locks the rules that have a booking to look at or whose horizon is too far ahead. Skips a rule that another
// transaction has locked: a change of the rule wakes the worker.
std::vector<DueRule> lock_due_rules(Spi& spi, Micros now) {
  static constinit Statement statement{
      "select r.account, r.rule, (extract(epoch from r.before) * 1000000)::bigint, r.enabled_at,"
      "       r.horizon, r.settled, r.marked, r.marked_xid,"
      "       pg_catalog.pg_snapshot_xmin(s.running)::text::bigint, "
      "pg_catalog.pg_snapshot_xmax(s.running)::text::bigint"
      "  from @extschema@.reminder_rules r, (select pg_catalog.pg_current_snapshot() as running) s"
      " where r.enabled and (r.horizon > $1 + r.before or exists"
      "   (select from @extschema@.bookings b where b.account = r.account and b.status = 'accepted'"
      "       and b.start_time > greatest(r.settled, $1) and b.start_time <= $1 + r.before))"
      " order by not exists"  // rules with new bookings first, then the longest wait
      "   (select from @extschema@.bookings b where b.account = r.account and b.status = 'accepted'"
      "       and b.start_time > greatest(r.horizon, $1) and b.start_time <= $1 + r.before), r.marked_xid"
      " limit $2 for update of r skip locked"};
  std::vector<DueRule> due;
  const Rows rows = spi.run(statement, Params().time(now).int8(kRulesPerRound));
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    DueRule one{rows.text(row, 1), rule_of(rows, row, 2), {}, {rows.int8(row, 9), rows.int8(row, 10)}};
    one.horizon = {*rows.time(row, 5), *rows.time(row, 6), *rows.time(row, 7), rows.int8(row, 8)};
    due.push_back(std::move(one));
  }
  return due;
}

// The end of this round: up to kBookingsPerRule bookings beyond the horizon.
Micros reach(Spi& spi, const DueRule& due, Micros now) {
  static constinit Statement statement{R"sql(
    select b.start_time
    from @extschema@.bookings b
    where b.account = $1 and b.status = 'accepted' and b.start_time > $2 and b.start_time <= $3
    order by b.start_time
    offset $4
    limit 1)sql"};
  const Micros end = now + due.rule.before;
  const Rows rows = spi.run(statement, Params()
                                           .text(due.account)
                                           .time(std::max(due.horizon.looked, now))
                                           .time(end)
                                           .int8(kBookingsPerRule - 1));
  return rows.empty() ? end : rows.time(0, 1).value_or(end);
}

// Returns the number of rows whose key did not exist yet.
std::int64_t insert(Spi& spi, const std::string& account, const std::vector<Obligation>& reminders,
                    const StoredEvent* cause, Micros at) {
  if (reminders.empty()) return 0;
  static constinit Statement statement{R"sql(
    insert into @extschema@.email_outbox (
      account, kind, priority, event_id, state, cause, reason, id, booking_uid, recipient, obligation_key,
      start_time, end_time, rule, send_after
    )
    select
      $1, 'reminder', 2, $2, case when $3 then 'queued' else 'skipped' end,
      case when not $3 then 'baseline' end, case when not $3 then $10 end, u.*
    from unnest($4, $5, $6, $7, $8, $9, $11, $12) u
    on conflict (account, obligation_key) do nothing)sql"};
  std::vector<pg_uuid_t> ids;
  std::vector<std::string> uids, recipients, keys, rules;
  std::vector<std::optional<Micros>> starts, ends, dues;
  for (const Obligation& reminder : reminders) {
    ids.push_back(uuid_v7(at));
    uids.push_back(reminder.uid);
    recipients.push_back(reminder.recipient);
    keys.push_back(reminder.key);
    starts.emplace_back(reminder.start_time.at);
    ends.push_back(reminder.end_time);
    rules.push_back(reminder.rule);
    dues.emplace_back(reminder.due);
  }
  Params params;
  params.text(account);
  cause != nullptr ? params.uuid(cause->id) : params.null(UUIDOID);
  params.boolean(cause == nullptr || cause->mails != Mails::kBaseline);
  params.uuids(ids).texts(uids).texts(recipients).texts(keys).times(starts).times(ends);
  params.text(sentence(MailCause::kBaseline)).texts(rules).times(dues);
  return static_cast<std::int64_t>(spi.run(statement, params).affected());
}

std::vector<Obligation> look(Spi& spi, const DueRule& due, Micros until, Micros now) {
  static constinit Statement statement{R"sql(
    select b.uid, f.facts
    from @extschema@.bookings b, @extschema@.booking_facts f
    where b.account = $1
      and b.status = 'accepted'
      and b.start_time > $2
      and b.start_time <= $3
      and f.account = b.account
      and f.uid = b.uid
    order by b.start_time)sql"};
  const Rows rows =
      spi.run(statement, Params().text(due.account).time(std::max(due.horizon.settled, now)).time(until));
  std::vector<Obligation> reminders;
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    const std::optional<Facts> facts = decode_facts(rows.text(row, 2));
    if (!facts) continue;  // written by a later version, which will queue them itself
    for (Obligation& one : due_reminders(due.rule, *facts, project(rows.text(row, 1), *facts), now))
      reminders.push_back(std::move(one));
  }
  return reminders;
}

void move_horizon(Spi& spi, const DueRule& due, const ReminderHorizon& to) {
  static constinit Statement statement{R"sql(
    update @extschema@.reminder_rules r
    set horizon = $3, settled = $4, marked = $5, marked_xid = $6
    where r.account = $1 and r.rule = $2)sql"};
  spi.run(statement, Params()
                         .text(due.account)
                         .text(due.rule.name)
                         .time(to.looked)
                         .time(to.settled)
                         .time(to.marked)
                         .int8(to.marked_xid));
}

std::optional<Micros> next_due(Spi& spi, Micros now) {
  static constinit Statement statement{R"sql(
    select pg_catalog.min(n.start_time - r.before)
    from @extschema@.reminder_rules r
    cross join lateral (
      select b.start_time
      from @extschema@.bookings b
      where b.account = r.account and b.status = 'accepted' and b.start_time > $1 + r.before
      order by b.start_time
      limit 1
    ) n
    where r.enabled)sql"};
  return spi.run(statement, Params().time(now)).time(0, 1);
}

void remove_queued(Spi& spi, const std::string& account, std::vector<ReminderAhead>& ahead) {
  static constinit Statement statement{R"sql(
    select o.obligation_key
    from @extschema@.email_outbox o
    where o.account = $1 and o.obligation_key = any($2))sql"};
  std::vector<std::string> keys;
  keys.reserve(ahead.size());
  for (const ReminderAhead& one : ahead) keys.push_back(one.reminder.key);
  const Rows rows = spi.run(statement, Params().text(account).texts(keys));
  std::set<std::string> queued;
  for (std::uint64_t row = 0; row < rows.size(); ++row) queued.insert(rows.text(row, 1));
  std::erase_if(ahead, [&](const ReminderAhead& one) { return queued.contains(one.reminder.key); });
}

}  // namespace

std::vector<ReminderAhead> calcom::outbox::reminders_ahead(Spi& spi, const std::string& account, Micros now,
                                                           Micros until) {
  static constinit Statement statement{R"sql(
    select b.uid, f.facts, r.rule, (extract(epoch from r.before) * 1000000)::bigint, r.enabled_at
    from @extschema@.reminder_rules r
    join @extschema@.bookings b on b.account = r.account and b.status = 'accepted' and b.start_time > greatest(
      least(r.settled, $2 + r.before), $2
    ) and b.start_time <= $3 + r.before
    join @extschema@.booking_facts f on f.account = b.account and f.uid = b.uid
    where r.account = $1 and r.enabled
    order by b.start_time - r.before)sql"};
  const Rows rows = spi.run(statement, Params().text(account).time(now).time(until));
  std::vector<ReminderAhead> ahead;
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    const std::optional<Facts> facts = decode_facts(rows.text(row, 2));
    if (!facts) continue;
    const ReminderRule rule = rule_of(rows, row, 3);
    auto booking = std::make_shared<const Booking>(project(rows.text(row, 1), *facts));
    const Micros start = instant_of(*booking, Detail::kStartTime).value_or(now);
    for (Obligation& one : due_reminders(rule, *facts, *booking, std::max(start - rule.before, now)))
      ahead.push_back({std::move(one), rule.before, booking});
  }
  if (!ahead.empty()) remove_queued(spi, account, ahead);
  return ahead;
}

ReminderRound calcom::outbox::queue_reminders(Spi& spi, Micros now) {
  ReminderRound round;
  std::vector<DueRule> rules = lock_due_rules(spi, now);
  bool more = rules.size() == kRulesPerRound, moved = false;
  for (DueRule& due : rules) {
    const ReminderHorizon stored = due.horizon;
    due.horizon = clamped(stored, due.rule, now);
    const Micros until = reach(spi, due, now);
    round.queued += insert(spi, due.account, look(spi, due, until, now), nullptr, now);
    more = more || until < now + due.rule.before;
    const ReminderHorizon next = advanced(due.horizon, until, due.running);
    if (next == stored) continue;
    move_horizon(spi, due, next);
    moved = true;
  }
  round.more = more && moved;
  round.next_due = next_due(spi, now);
  return round;
}

void calcom::outbox::queue_overdue_reminders(Spi& spi, const StoredEvent& stored, const Facts& facts,
                                             const Booking& booking) {
  if (booking.status != Step::kAccepted) return;
  static constinit Statement statement{R"sql(
    select r.rule, (extract(epoch from r.before) * 1000000)::bigint, r.enabled_at
    from @extschema@.reminder_rules r
    where r.account = $1 and r.enabled)sql"};
  const Micros at = now();
  std::vector<Obligation> reminders;
  const Rows rows = spi.run(statement, Params().text(stored.account));
  for (std::uint64_t row = 0; row < rows.size(); ++row)
    for (Obligation& one : due_reminders(rule_of(rows, row, 1), facts, booking, at))
      reminders.push_back(std::move(one));
  insert(spi, stored.account, reminders, &stored, at);
}

CALCOM_FUNCTION(calcom_queue_reminders) {
  return entry([&] {
    const Arguments args(fcinfo);
    args.require(0, "at");
    const Micros at = args.time(0);
    std::int64_t queued = 0;
    std::optional<Micros> next_due;
    {
      Spi spi(data_schema());
      for (bool more = true; more;) {
        const ReminderRound round = queue_reminders(spi, at);
        queued += round.queued;
        more = round.more;
        next_due = round.next_due;
      }
    }
    return make_row<2>(
        fcinfo, {Int64GetDatum(queued),
                 next_due ? std::optional(TimestampTzGetDatum(to_timestamptz(*next_due))) : std::nullopt});
  });
}
