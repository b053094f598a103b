// The layout of our shared memory and the few operations on it that both sides of a wake-up need. One entry
// per database, found by its oid; entries never move, are made on first need and freed once the database is
// gone. INVARIANT: no process-local pointer stands here; a process is named by its number in
// ProcGlobal->allProcs, which outlives it, so that a late SetLatch at worst wakes a stranger once.
#pragma once

#include "core/sending/plan.hpp"
#include "shmem/key_rate.hpp"
#include "shmem/refusals.hpp"
#include "shmem/wake.hpp"

extern "C" {
#include "port/atomics.h"
#include "storage/condition_variable.h"
#include "storage/lwlock.h"
}

namespace calcom::shmem {

inline constexpr int kEntries = 128;  // databases; beyond that a database is served late or not counted
inline constexpr std::size_t kErrorBytes = 160;
inline constexpr std::uint32_t kNobody = UINT32_MAX;

struct RefusalCounter {
  std::int64_t count;
  Micros last_at;
};

struct DatabaseEntry {
  // Without the lock.
  pg_atomic_uint32 wanted;   // 1: something was committed since the worker last looked
  pg_atomic_uint32 changed;  // 1: accounts or secrets changed, so that an open circuit is worth a probe now
  pg_atomic_uint32 leave;    // 1: somebody wants the database for himself: an idle worker goes
  pg_atomic_uint32 process;  // of the worker, or kNobody

  // Under the lock.
  Oid database;        // InvalidOid: the entry is free
  bool marked;         // by calcom.worker = on in pg_db_role_setting, as the scout last saw it
  int pid;             // of the worker; 0: none
  WorkerEnd last_end;  // how the last worker of this database ended
  Micros started_at;
  Micros next_due;  // 0: nothing is scheduled
  std::int64_t sent, captured, failed;
  double rate_per_second;          // of the key that was used last; 0: none yet
  int rate_limit, rate_remaining;  // as last reported by Resend
  Micros last_sent_at;
  char last_error[kErrorBytes];
  Micros last_error_at;
  RefusalCounter refusals[kRefusalKinds];
};

struct SharedState {
  pg_atomic_uint32 launcher;  // process number, or kNobody
  pg_atomic_uint32 rescan;    // 1: marks may have changed, send a scout
  pg_atomic_uint32 crowded;   // 1: a database waits for a place, so idle workers leave
  pg_atomic_uint32 scans;     // counts the scouts that came to an end with all marks read
  ConditionVariable left;     // broadcast when a worker has left
  LWLock* lock;               // in the main shared memory, the same address in every process
  RateSlot rates[kRateSlots];
  DatabaseEntry entries[kEntries];
};

void reserve_memory();  // from register_at_load: installs the two hooks
bool preloaded();       // is the library in shared_preload_libraries?
SharedState* shared();  // nullptr: not preloaded

// Both take the lock; plain PostgreSQL code without C++ objects, so that commit callbacks may use them.
DatabaseEntry* find_entry(Oid database, bool make);
void wake_entry(DatabaseEntry* entry);
void wake_process(std::uint32_t process);
std::uint32_t my_process();

// Runs `body` with the lock held.
template <typename F>
void locked(LWLockMode mode, F&& body) {
  LWLockAcquire(shared()->lock, mode);
  body();
  LWLockRelease(shared()->lock);
}

}  // namespace calcom::shmem
