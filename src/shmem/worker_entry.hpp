// A worker's entry in shared memory: taken at the start, kept current, released on every exit of the process.
#pragma once

#include "shmem/shared_state.hpp"

namespace calcom::shmem {

class WorkerEntry {
 public:
  explicit WorkerEntry(DatabaseEntry* entry) : entry_(entry) {}
  static WorkerEntry take(Oid database);  // registers its release at exit

  bool take_wanted() const { return pg_atomic_exchange_u32(&entry_->wanted, 0) != 0; }
  bool take_changed() const { return pg_atomic_exchange_u32(&entry_->changed, 0) != 0; }
  bool wanted() const { return pg_atomic_read_u32(&entry_->wanted) != 0; }
  bool asked_to_leave() const { return pg_atomic_read_u32(&entry_->leave) != 0; }

  void count(std::int64_t sent, std::int64_t captured, std::int64_t failed) const;
  void rate(const TokenBucket& bucket) const;
  void error(const char* what, int sqlstate) const;  // no message: it may quote rows
  void end(WorkerEnd how, Micros next_due) const;    // for the launcher

 private:
  DatabaseEntry* entry_;
};

}  // namespace calcom::shmem
