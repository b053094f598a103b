// A chain of bookings made again from the log, compared with what stands in the tables, and mended.
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
  std::optional<std::string> standing, rebuilt;
};

// Why the log does not suffice; empty when it does.
struct Gap {
  std::string detail, hint;
  bool any() const { return !detail.empty(); }
};

struct Rebuilt {
  ChainLog chain;
  FactsByUid facts;  // checkpoints joined with every event of the log
  Gap gap;
  bool known = false;  // tables, checkpoints or log have heard of the booking
};
Rebuilt rebuild_facts(Spi& spi, const std::string& account, const std::string& uid);

enum class Mend : std::uint8_t { kNothing, kDifferences, kHandEditsToo };
// What differs, booking by booking; written where `mend` says so. `rebuilt` has no gap; the rows are locked
// unless nothing is to be mended.
std::vector<Finding> compare_chain(Spi& spi, const std::string& account, const Rebuilt& rebuilt, Mend mend);

}  // namespace calcom::ingest
