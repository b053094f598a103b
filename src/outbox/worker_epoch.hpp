// The right to send from this database: one worker at a time holds the lock, and every row that it claims has its node and
// epoch. Rows with another lease belong to a worker that has ended and can be claimed at once.
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
  kNothingHere,  // no extension, no tables or tables of another version: nothing to do until a commit wakes
  kNotOurTurn,   // standby or read-only server: try again later
};

// Whether the worker may send from this database now. Needs a transaction; `schema` is set if kReady.
Admission admit(std::optional<pg::Schema>* schema);

// Waits for the lock of an earlier worker, raises the epoch and requeues the rows that the earlier worker was sending: they
// are sent again with the same key and the same bytes.
Lease take_over(pg::Spi& spi);

}  // namespace calcom::outbox
