#include "shmem/worker_state.hpp"

#include "shmem/shared_state.hpp"

namespace calcom::shmem {

std::optional<WorkerState> worker_state() {
  DatabaseEntry copy;
  const bool found = pg::call([&] {
    DatabaseEntry* entry = find_entry(MyDatabaseId, false);
    if (entry == nullptr) return false;
    locked(LW_SHARED, [&] { copy = *entry; });
    return true;
  });
  if (!found) return std::nullopt;
  WorkerState state;
  state.pid = copy.pid;
  state.started_at = copy.started_at;
  state.next_due = copy.next_due;
  state.sent = copy.sent;
  state.captured = copy.captured;
  state.failed = copy.failed;
  state.rate_per_second = copy.rate_per_second;
  state.rate_limit = copy.rate_limit;
  state.rate_remaining = copy.rate_remaining;
  state.last_sent_at = copy.last_sent_at;
  state.last_error = copy.last_error;
  state.last_error_at = copy.last_error_at;
  return state;
}

}  // namespace calcom::shmem
