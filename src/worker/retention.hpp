// Erases by itself what calcom_prune_mail() erases by hand, once it is older than the account's keep_mail: at
// most once a day, a small portion a transaction. How far a day's pass is stands in the database.
#pragma once

#include <functional>

#include "outbox/worker_epoch.hpp"
#include "shmem/worker_entry.hpp"

namespace calcom::worker {

using namespace shmem;
using namespace outbox;

class Retention {
 public:
  explicit Retention(const Lease& lease);

  // Never a reason to wake or to stay: asked by a worker that is there anyway.
  bool due(Micros now) const { return now >= at_; }

  // One portion. INVARIANT: called only while nothing is in flight or due, so that no mail waits for more.
  void erase(const pg::Schema& schema, const Lease& lease, const WorkerEntry& slot,
             const std::function<bool()>& still_ours);

 private:
  Micros at_ = 0;
};

}  // namespace calcom::worker
