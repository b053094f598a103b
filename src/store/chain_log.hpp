// Everything known about a chain of bookings: stored facts, checkpoints of purged events, events of the log. Used by
// calcom_rebuild and calcom_trace.
#pragma once

#include <set>
#include <string>

#include "core/booking/merge.hpp"
#include "store/event_store.hpp"

namespace calcom::store {

// The merge facts of purged events, by booking. Merged with the later events they give the facts of all events, because
// merging is a join.
struct Checkpoint {
  Facts facts;
  pg_uuid_t up_to{};  // the newest event in it
};
using Checkpoints = std::map<std::string, Checkpoint, std::less<>>;

Checkpoints read_checkpoints(Spi& spi, const std::string& account, const std::vector<std::string>& uids);

struct ChainLog {
  std::set<std::string> uids;  // every booking that facts, checkpoints or events link to the one asked for
  FactsByUid stored;           // of the rows that exist
  Checkpoints checkpoints;
};
// Reads without a lock. `uids` always contains the uid asked for, even if it is unknown.
ChainLog read_chain(Spi& spi, const std::string& account, const std::string& uid);

// Serializes purge against rebuild until the transaction ends: a rebuild needs matching checkpoints and events. Rebuilds
// share the lock, a purge takes it exclusively.
enum class LogUse : bool { kRead, kPurge };
void lock_log(Spi& spi, const std::string& account, LogUse use);

}  // namespace calcom::store
