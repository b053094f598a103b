// Rebuilds a chain of bookings from the log, compares it with the tables, and repairs the tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/chain_log.hpp"

namespace calcom::ingest {

using namespace pg;
using namespace store;

struct Finding {
  std::string uid;
  std::string what;    // same, differs, hand edit, rebuilt, incomplete, failed
  std::string column;  // of bookings; "attendee E-MAIL", "row", "facts"; empty for same
  std::optional<std::string> stored, rebuilt;
};

// Why the log is not complete; empty if it is.
struct Gap {
  std::string detail, hint;
  bool any() const { return !detail.empty(); }
};

struct Rebuilt {
  ChainLog chain;
  FactsByUid facts;  // checkpoints joined with every event of the log
  Gap gap;
  bool known = false;  // the booking is in the tables, checkpoints or log
};
Rebuilt rebuild_facts(Spi& spi, const std::string& account, const std::string& uid);

enum class Repair : std::uint8_t { kNothing, kDifferences, kHandEditsToo };
// The differences, booking by booking, written to the tables as `repair` says. `rebuilt` has no gap. The caller has locked
// the rows unless `repair` is kNothing.
std::vector<Finding> compare_chain(Spi& spi, const std::string& account, const Rebuilt& rebuilt,
                                   Repair repair);

}  // namespace calcom::ingest
