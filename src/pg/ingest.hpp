// Deliveries: verified, stored, merged. See ingest.cpp for the order and why.
#pragma once

#include "pg/spi.hpp"

namespace calcom::pg {

// Merges up to `limit` deferred deliveries of all accounts, oldest first, each in its own subtransaction.
// Returns how many deferred deliveries are left (those that failed again, too).
std::int64_t merge_deferred(Spi& spi, int limit);

}  // namespace calcom::pg
