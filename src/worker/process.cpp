#include "worker/process.hpp"

#include "worker/launcher.hpp"

namespace calcom::worker {

BackgroundWorker describe(const char* function, const char* type) {
  BackgroundWorker worker = {};
  worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
  worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
  worker.bgw_restart_time = BGW_NEVER_RESTART;
  strlcpy(worker.bgw_library_name, kLibrary, sizeof worker.bgw_library_name);
  strlcpy(worker.bgw_function_name, function, sizeof worker.bgw_function_name);
  strlcpy(worker.bgw_type, type, sizeof worker.bgw_type);
  strlcpy(worker.bgw_name, type, sizeof worker.bgw_name);
  return worker;
}

Start Child::start(const char* function, const char* type, Oid database) {
  BackgroundWorker worker = describe(function, type);
  worker.bgw_main_arg = ObjectIdGetDatum(database);
  worker.bgw_notify_pid = MyProcPid;
  BackgroundWorkerHandle* handle = nullptr;
  const bool registered = pg::call([&] {
    MemoryContext before = MemoryContextSwitchTo(TopMemoryContext);
    const bool done = RegisterDynamicBackgroundWorker(&worker, &handle);
    MemoryContextSwitchTo(before);
    return done;
  });
  if (!registered) return Start::kNoRoom;
  handle_ = handle;
  return Start::kStarted;
}

bool Child::ended() {
  if (handle_ == nullptr) return false;
  BackgroundWorkerHandle* handle = handle_;
  const bool stopped = pg::call([=] {
    pid_t pid;
    return GetBackgroundWorkerPid(handle, &pid) == BGWH_STOPPED;
  });
  if (!stopped) return false;
  pg::call([=] { pfree(handle); });
  handle_ = nullptr;
  return true;
}

}  // namespace calcom::worker
