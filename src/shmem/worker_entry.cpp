#include "shmem/worker_entry.hpp"

#include <cstring>

#include "pg/text.hpp"

extern "C" {
#include "storage/ipc.h"
}

namespace calcom::shmem {

namespace {

// A wake-up after our last look must not be lost: notify the launcher, which finds the flag set.
void give_back(int, Datum argument) {
  auto* entry = reinterpret_cast<DatabaseEntry*>(DatumGetPointer(argument));
  pg_atomic_write_u32(&entry->process, kNobody);
  locked(LW_EXCLUSIVE, [=] { entry->pid = 0; });
  ConditionVariableBroadcast(&shared()->left);
  wake_process(pg_atomic_read_u32(&shared()->launcher));
}

template <typename F>
void change(DatabaseEntry* entry, F&& body) {
  pg::call([&] { locked(LW_EXCLUSIVE, [&] { body(*entry); }); });
}

}  // namespace

WorkerEntry WorkerEntry::take(Oid database) {
  const Micros now = pg::now();
  DatabaseEntry* entry = pg::call([=] {
    DatabaseEntry* found = find_entry(database, true);
    if (found == nullptr) return found;
    locked(LW_EXCLUSIVE, [=] {
      found->pid = MyProcPid;
      found->started_at = now;
      found->last_end = WorkerEnd::kFailed;  // unless end() says otherwise
    });
    before_shmem_exit(give_back, PointerGetDatum(found));
    pg_atomic_write_u32(&found->leave, 0);
    pg_atomic_write_u32(&found->process, my_process());
    return found;
  });
  if (entry == nullptr) throw pg::SqlError{ERRCODE_PROGRAM_LIMIT_EXCEEDED, "too many databases"};
  return WorkerEntry(entry);
}

void WorkerEntry::count(std::int64_t sent, std::int64_t captured, std::int64_t failed) const {
  if (sent == 0 && captured == 0 && failed == 0) return;
  const Micros now = pg::now();
  change(entry_, [=](DatabaseEntry& entry) {
    entry.sent += sent;
    if (sent > 0) entry.last_sent_at = now;
    entry.captured += captured;
    entry.failed += failed;
  });
}

void WorkerEntry::rate(const TokenBucket& bucket) const {
  change(entry_, [&](DatabaseEntry& entry) {
    entry.rate_per_second = bucket.per_second();
    entry.rate_limit = bucket.limit();
    entry.rate_remaining = bucket.remaining();
  });
}

void WorkerEntry::error(const char* what, int sqlstate) const {
  const Micros now = pg::now();
  change(entry_, [=](DatabaseEntry& entry) {
    snprintf(entry.last_error, sizeof entry.last_error, "%s: SQLSTATE %s", what, unpack_sql_state(sqlstate));
    entry.last_error_at = now;
  });
}

void WorkerEntry::end(WorkerEnd how, Micros next_due) const {
  change(entry_, [=](DatabaseEntry& entry) {
    entry.last_end = how;
    entry.next_due = next_due;
  });
}

}  // namespace calcom::shmem
