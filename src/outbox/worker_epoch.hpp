// The right to send from this database: one worker at a time holds the lock, and every row it takes carries
// its node and epoch. Rows with another lease belong to a worker that is gone and are free at once.
#pragma once

#include "pg/spi.hpp"

namespace calcom::outbox {

using namespace pg;

struct Lease {
  std::string node;
  std::int64_t epoch = 0;
  std::optional<Micros> erased_at;  // when the last pass of retention.hpp was over
};

enum class Admission : std::uint8_t {
  kReady,
  kNothingHere,  // no extension, no tables or tables of another version: nothing to do until told
  kNotOurTurn,   // standby or read-only server: come back later, override nothing
};

// Is this database ours to serve now? Needs a transaction; `schema` is set when kReady.
Admission admit(std::optional<pg::Schema>* schema);

// Waits for the predecessor's lock to go, raises the epoch and frees what the predecessor had in hand: those
// rows go out again under their old key and with their old bytes.
Lease take_over(pg::Spi& spi);

}  // namespace calcom::outbox
