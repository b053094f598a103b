// The merge of deferred deliveries, for the worker.
#pragma once

#include "pg/spi.hpp"

namespace calcom::ingest {

using namespace pg;

struct DeferredRound {
  std::int64_t merged = 0;
  std::int64_t left = 0;  // those that failed again, too
};

// Merges up to `limit` deferred deliveries of all accounts, each in its own subtransaction. Deliveries that were never
// retried come first, then the least recently tried, so that one that cannot be merged does not delay others.
DeferredRound merge_deferred(Spi& spi, int limit);

}  // namespace calcom::ingest
