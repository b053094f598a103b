// Rebuilds facts from the log and checks that the log is complete. Stored facts contain the stamps of their
// events. A missing event is found by its stamp in the stored facts and by its rows in booking_history.
#include "core/booking/facts_stamps.hpp"
#include "ingest/rebuild.hpp"

namespace calcom::ingest {

namespace {

std::vector<std::string> list(const std::set<std::string>& uids) {
  return {uids.begin(), uids.end()};
}

Gap gap_of_event(const LoggedEvent& event, const Schema& schema) {
  if (event.outcome == EventOutcome::kDeferred)
    return {"Event " + uuid_string(event.stored.id) + " of the booking is deferred, not merged yet.",
            "Run: SELECT " + schema.quoted + ".calcom_merge_deferred();"};
  if (!event.has_body)
    return {"The body of event " + uuid_string(event.stored.id) + " was removed.",
            "The booking stays as it is; later events are merged as ever."};
  return {};
}

constexpr const char* kRestore =
    "Restore the missing rows of calcom_events; until then the booking stays as it is.";

// INVARIANT: a stamp's hash is the hash of a stored event's body. A checkpoint drops the stamps that newer
// events of the checkpoint replaced. Stored facts do not contain those stamps either.
Gap gap_by_stamps(const ChainLog& chain, const std::set<std::uint64_t>& known) {
  std::set<std::uint64_t> heard = known;
  for (const auto& [uid, checkpoint] : chain.checkpoints)
    each_stamp(checkpoint.facts, [&](const Stamp& stamp) { heard.insert(stamp.hash); });
  for (const auto& [uid, facts] : chain.stored) {
    bool missing = false;
    each_stamp(facts, [&](const Stamp& stamp) { missing = missing || !heard.contains(stamp.hash); });
    if (missing) return {"Booking " + uid + " rests on an event that is not in the log.", kRestore};
  }
  return {};
}

Gap gap_by_history(Spi& spi, const std::string& account, const ChainLog& chain) {
  static constinit Statement select{R"sql(
    select h.event_id, h.booking_uid
    from @extschema@.booking_history h
    where h.account = $1
      and h.booking_uid = any($2)
      and h.event_id is not null
      and h.event_id > coalesce(
        (
          select c.up_to
          from @extschema@.booking_checkpoints c
          where c.account = $1 and c.uid = any($2)
          order by c.up_to desc
          limit 1
        ),
        '00000000-0000-0000-0000-000000000000'
      )
      and not exists (select from @extschema@.calcom_events e where e.account = $1 and e.id = h.event_id)
    order by h.event_id
    limit 1)sql"};
  const Rows rows = spi.run(select, Params().text(account).texts(list(chain.uids)));
  if (rows.empty()) return {};
  return {"Event " + uuid_string(rows.uuid(0, 1)) + ", which changed booking " + rows.text(0, 2) +
              ", is not in the log.",
          kRestore};
}

}  // namespace

Rebuilt rebuild_facts(Spi& spi, const std::string& account, const std::string& uid) {
  Rebuilt rebuilt;
  rebuilt.chain = read_chain(spi, account, uid);
  const ChainLog& chain = rebuilt.chain;
  for (const auto& [one, checkpoint] : chain.checkpoints) rebuilt.facts[one] = checkpoint.facts;
  std::set<std::uint64_t> hashes;
  for (const LoggedEvent& event : events_of(spi, account, list(chain.uids))) {
    rebuilt.known = true;
    if (!rebuilt.gap.any()) rebuilt.gap = gap_of_event(event, spi.schema());
    hashes.insert(event.stored.hash);
    const Parsed parsed = parse_event(event.body);
    if (parsed.meaning != Meaning::kMerge) continue;
    merge_event(rebuilt.facts, parsed.event,
                Stamp{event.stored.stamp, stamp_rank(parsed.event.trigger), event.stored.hash});
  }
  rebuilt.known = rebuilt.known || !chain.stored.empty() || !chain.checkpoints.empty();
  if (!rebuilt.gap.any()) rebuilt.gap = gap_by_stamps(chain, hashes);
  if (!rebuilt.gap.any()) rebuilt.gap = gap_by_history(spi, account, chain);
  return rebuilt;
}

}  // namespace calcom::ingest
