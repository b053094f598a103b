// Everything that is known of a chain of bookings: what the tables hold, what a purge kept, and what the log
// says. The rebuild compares them, the trace shows them.
#pragma once

#include <set>
#include <string>

#include "core/booking/merge.hpp"
#include "store/event_store.hpp"

namespace calcom::store {

// The merge facts of events that a purge removed, by booking. Merged with the events that came later they are
// the facts of all events, because merging is a join.
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
// Without a lock. Never empty of uids: the one asked for is among them, known or not.
ChainLog read_chain(Spi& spi, const std::string& account, const std::string& uid);

// Keeps purge and rebuild apart until the transaction ends: a rebuild needs checkpoints and events that
// belong together. Rebuilds share the lock, a purge has it alone.
enum class LogUse : bool { kRead, kPurge };
void lock_log(Spi& spi, const std::string& account, LogUse use);

}  // namespace calcom::store
