#include "shmem/shared_state.hpp"

#include <cstring>

extern "C" {
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "storage/shmem.h"
}

namespace calcom::shmem {

namespace {

constexpr char kTranche[] = "calcom";

constinit SharedState* memory = nullptr;
constinit shmem_request_hook_type earlier_request = nullptr;
constinit shmem_startup_hook_type earlier_startup = nullptr;

void request() {
  if (earlier_request != nullptr) earlier_request();
  RequestAddinShmemSpace(MAXALIGN(sizeof(SharedState)));
  RequestNamedLWLockTranche(kTranche, 1);
}

void clear(DatabaseEntry* entry, Oid database) {
  entry->database = database;
  entry->marked = false;
  entry->pid = 0;
  entry->last_end = WorkerEnd::kFailed;
  entry->started_at = 0;
  entry->next_due = 0;
  entry->sent = entry->captured = entry->failed = 0;
  entry->rate_per_second = 0;
  entry->rate_limit = entry->rate_remaining = 0;
  entry->last_sent_at = 0;
  entry->last_error[0] = '\0';
  entry->last_error_at = 0;
  for (auto& refusal : entry->refusals) refusal = {0, 0};
  pg_atomic_write_u32(&entry->wanted, 0);
  pg_atomic_write_u32(&entry->changed, 0);
  pg_atomic_write_u32(&entry->leave, 0);
  pg_atomic_write_u32(&entry->process, kNobody);
}

void startup() {
  if (earlier_startup != nullptr) earlier_startup();
  bool found = false;
  LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
  memory = static_cast<SharedState*>(ShmemInitStruct(kTranche, sizeof(SharedState), &found));
  if (!found) {
    pg_atomic_init_u32(&memory->launcher, kNobody);
    pg_atomic_init_u32(&memory->rescan, 0);
    pg_atomic_init_u32(&memory->crowded, 0);
    pg_atomic_init_u32(&memory->scans, 0);
    ConditionVariableInit(&memory->left);
    memory->lock = &GetNamedLWLockTranche(kTranche)->lock;
    for (auto& slot : memory->rates) slot = RateSlot{};
    for (auto& entry : memory->entries) {
      for (auto* flag : {&entry.wanted, &entry.changed, &entry.leave, &entry.process})
        pg_atomic_init_u32(flag, 0);
      clear(&entry, InvalidOid);
    }
  }
  LWLockRelease(AddinShmemInitLock);
}

DatabaseEntry* search(Oid database) {
  for (auto& entry : memory->entries)
    if (entry.database == database) return &entry;
  return nullptr;
}

}  // namespace

void reserve_memory() {
  earlier_request = shmem_request_hook;
  shmem_request_hook = request;
  earlier_startup = shmem_startup_hook;
  shmem_startup_hook = startup;
}

bool preloaded() {
  return memory != nullptr;
}

SharedState* shared() {
  return memory;
}

DatabaseEntry* find_entry(Oid database, bool make) {
  if (memory == nullptr || !OidIsValid(database)) return nullptr;
  LWLockAcquire(memory->lock, LW_SHARED);
  DatabaseEntry* entry = search(database);
  LWLockRelease(memory->lock);
  if (entry != nullptr || !make) return entry;
  LWLockAcquire(memory->lock, LW_EXCLUSIVE);
  entry = search(database);  // another process may have made it in between
  if (entry == nullptr) {
    entry = search(InvalidOid);
    if (entry != nullptr) clear(entry, database);
  }
  LWLockRelease(memory->lock);
  return entry;
}

std::uint32_t my_process() {
  return static_cast<std::uint32_t>(MyProc - ProcGlobal->allProcs);
}

void wake_process(std::uint32_t process) {
  if (process < ProcGlobal->allProcCount) SetLatch(&ProcGlobal->allProcs[process].procLatch);
}

// Only the first to want something pays for a latch. A worker clears the flag before it looks, and tells the
// launcher when it leaves while the flag is up, so that no wake-up falls between the two.
void wake_entry(DatabaseEntry* entry) {
  if (pg_atomic_exchange_u32(&entry->wanted, 1) != 0) return;
  const std::uint32_t worker = pg_atomic_read_u32(&entry->process);
  wake_process(worker != kNobody ? worker : pg_atomic_read_u32(&memory->launcher));
}

}  // namespace calcom::shmem
