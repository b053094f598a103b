// calcom_replay and calcom_replay_dead: a stored body is parsed and merged again with its stored stamp, as
// after a fix of what made it fail. Merging is idempotent, so replaying what was merged changes nothing.
#include "core/base/json_compose.hpp"
#include "ingest/delivery.hpp"
#include "pg/errors.hpp"
#include "pg/row.hpp"
#include "store/account.hpp"
#include "store/audit.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::ingest;

namespace {

bool was_merged(EventOutcome outcome) {
  return outcome == EventOutcome::kApplied || outcome == EventOutcome::kDuplicate ||
         outcome == EventOutcome::kStale;
}

void check_replayable(const LoggedEvent& event, const Schema& schema) {
  if (event.source == EventSource::kManual)
    throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "a change made by hand cannot be replayed",
                   "The event records what somebody wrote into the tables; it is no input of the merge."};
  if (!event.has_body)
    throw sql_error(Error::kIncompleteLog, "The body of the event was removed. It cannot be replayed.",
                    "Run: SELECT * FROM " + schema.quoted + ".calcom_trace('" + event.booking_uid + "', '" +
                        event.stored.account + "');");
}

// The outcome that an event got when it was merged says how it changed the bookings: a replay that brings
// nothing new does not overwrite it. A dead one that has to wait stays dead, since what is deferred is merged
// as news, with mail.
void settle_replayed(Spi& spi, const LoggedEvent& event, Mails mails, Settlement* settlement) {
  if (was_merged(event.outcome) && settlement->outcome != EventOutcome::kApplied) return;
  if (settlement->outcome == EventOutcome::kDeferred && event.outcome != EventOutcome::kDeferred &&
      mails == Mails::kBaseline)
    *settlement = {event.outcome, "not replayed now: " + settlement->reason, settlement->reason_detail};
  settle(spi, event.stored, *settlement);
}

// A deferred event was never merged, so its mails are owed.
Receipt replay(Spi& spi, const LoggedEvent& event, bool send_mail) {
  const bool tables_current = tables_are_current(spi);
  StoredEvent stored = event.stored;
  stored.actor = "replay";
  stored.mails = send_mail                                  ? Mails::kOwed
                 : event.outcome == EventOutcome::kDeferred ? Mails::kQueue
                                                            : Mails::kBaseline;
  const Parsed parsed = parse_event(event.body);
  std::optional<Settlement> settlement = settle_at_once(parsed, tables_current);
  if (!settlement) settlement = try_merge(spi, stored, parsed.event);
  settle_replayed(spi, event, stored.mails, &*settlement);
  return {std::string(name(settlement->outcome)), event.stored.id, parsed.event.uid, settlement->reason};
}

Datum replay_one(FunctionCallInfo fcinfo) {
  const Arguments args(fcinfo);
  const Schema schema = data_schema();
  args.require(0, "event_id");
  const pg_uuid_t id = args.uuid(0);
  const std::string account = args.required_text(1, "account");
  const bool send_mail = args.boolean_or(2, false);
  require_tables(schema);
  Receipt receipt;
  {
    Spi spi(schema);
    const std::optional<LoggedEvent> event = lock_event(spi, account, id);
    if (!event)
      throw sql_error(Error::kUnknownEvent,
                      "It was never stored in account \"" + account + "\", or it was purged.");
    check_replayable(*event, schema);
    receipt = replay(spi, *event, send_mail);
    Act act{"replay", account, uuid_string(id)};
    act.detail.set("outcome", receipt.outcome).set("send_mail", send_mail);
    note_act(spi, act);
  }
  return make_row<4>(fcinfo, {text_datum(receipt.outcome), uuid_datum(receipt.event_id),
                              text_cell(receipt.booking_uid), text_cell(receipt.detail)});
}

struct Replayed {
  std::string account;
  Receipt receipt;
};

std::vector<Replayed> replay_dead(const Schema& schema, const std::optional<std::string>& account, int limit,
                                  bool send_mail) {
  std::vector<Replayed> all;
  Spi spi(schema);
  for (const LoggedEvent& event : lock_dead(spi, account, limit)) {
    if (event.source == EventSource::kManual || !event.has_body)
      all.push_back(
          {event.stored.account, {"dead", event.stored.id, event.booking_uid, "the body was removed"}});
    else
      all.push_back({event.stored.account, replay(spi, event, send_mail)});
  }
  Act act{"replay_dead", account, {}};
  act.detail.set("events", all.size()).set("send_mail", send_mail);
  note_act(spi, act);
  return all;
}

}  // namespace

CALCOM_FUNCTION(calcom_replay) {
  return entry([&] { return replay_one(fcinfo); });
}

CALCOM_FUNCTION(calcom_replay_dead) {
  return entry([&]() -> Datum {
    const Arguments args(fcinfo);
    const Schema schema = data_schema();
    require_tables(schema);
    const int limit = args.int4_or(1, 100);
    if (limit < 1) throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "max_events must be at least 1"};
    const bool send_mail = args.boolean_or(2, false);
    const std::vector<Replayed> all = replay_dead(schema, args.optional_text(0), limit, send_mail);
    begin_rows(fcinfo);
    for (const auto& [account, receipt] : all)
      put_row<5>(fcinfo, {text_datum(account), text_datum(receipt.outcome), uuid_datum(receipt.event_id),
                          text_cell(receipt.booking_uid), text_cell(receipt.detail)});
    return 0;
  });
}
