// A worker's own entry in shared memory: taken at the start, kept true, given back however the process ends.
#pragma once

#include "shmem/shared_state.hpp"

namespace calcom::shmem {

class WorkerEntry {
 public:
  explicit WorkerEntry(DatabaseEntry* entry) : entry_(entry) {}
  static WorkerEntry take(Oid database);  // registers the way back, too

  bool take_wanted() const { return pg_atomic_exchange_u32(&entry_->wanted, 0) != 0; }
  bool take_changed() const { return pg_atomic_exchange_u32(&entry_->changed, 0) != 0; }
  bool wanted() const { return pg_atomic_read_u32(&entry_->wanted) != 0; }
  bool asked_to_leave() const { return pg_atomic_read_u32(&entry_->leave) != 0; }

  void count(std::int64_t sent, std::int64_t captured, std::int64_t failed) const;
  void rate(const TokenBucket& bucket) const;
  void error(const char* what, int sqlstate) const;  // the message may quote rows: it goes to the log only
  void end(WorkerEnd how, Micros next_due) const;    // what the launcher shall think of our exit

 private:
  DatabaseEntry* entry_;
};

}  // namespace calcom::shmem
