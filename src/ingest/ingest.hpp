// Deliveries: verified, stored, merged. See ingest.cpp for the order and why.
#pragma once

#include "pg/spi.hpp"

namespace calcom::ingest {

using namespace pg;

struct DeferredRound {
  std::int64_t merged = 0;
  std::int64_t left = 0;  // those that failed again, too
};

// Merges up to `limit` deferred deliveries of all accounts, each in its own subtransaction. Those that were
// never tried again come first, then those whose last try is longest ago: what cannot merge holds up nobody
// else.
DeferredRound merge_deferred(Spi& spi, int limit);

}  // namespace calcom::ingest
