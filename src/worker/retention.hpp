// Erases mail content older than calcom_accounts.keep_mail, as calcom_prune_mail() does: one pass a day, a small portion
// a transaction. Progress of the pass is stored in calcom_worker_epochs.
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

  // Never wakes a worker nor keeps it running: asked by a worker that runs for another reason.
  bool due(Micros now) const { return now >= at_; }

  // Erases one portion. INVARIANT: called only while nothing is in flight or due, so that no mail waits longer.
  void erase(const pg::Schema& schema, const Lease& lease, const WorkerEntry& slot,
             const std::function<bool()>& still_ours);

 private:
  Micros at_ = 0;
};

}  // namespace calcom::worker
