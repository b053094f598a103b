// With nothing due the launcher sleeps until its latch is set or the safety poll. core/sending/plan.cpp decides which
// workers to start; the database scanner reads which databases are marked.
#include "worker/launcher.hpp"

#include <algorithm>
#include <utility>

#include "pg/log.hpp"
#include "pg/settings.hpp"
#include "pg/text.hpp"
#include "shmem/shared_state.hpp"
#include "worker/process.hpp"

extern "C" {
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_database.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"
}

namespace calcom::worker {

using namespace shmem;

namespace {

constexpr int kRestartSeconds = 5;  // of the launcher itself after an error

struct Charge {  // one entry of shared memory, as the launcher follows it
  Oid database = InvalidOid;
  DatabasePlan plan;
  Child child;
};

void forget_launcher(int, Datum) {
  pg_atomic_write_u32(&shared()->launcher, kNobody);
}

// The database that the scanner connects to: a marked one if one is known, else postgres, else any that accepts
// connections. Without a database only pg_database and the other nailed catalogs can be read.
Oid choose_database_to_scan() {
  Oid best = InvalidOid;
  int best_rank = 0;
  StartTransactionCommand();
  GetTransactionSnapshot();
  Relation catalog = table_open(DatabaseRelationId, AccessShareLock);
  TableScanDesc scan = table_beginscan_catalog(catalog, 0, nullptr);
  HeapTuple tuple;
  while (HeapTupleIsValid(tuple = heap_getnext(scan, ForwardScanDirection))) {
    auto* row = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
    if (!row->datallowconn || row->datconnlimit < -1) continue;  // -2: half dropped
    const DatabaseEntry* entry = find_entry(row->oid, false);
    const int rank = entry != nullptr && entry->marked                ? 4
                     : strcmp(NameStr(row->datname), "postgres") == 0 ? 3
                     : !row->datistemplate                            ? 2
                                                                      : 1;
    if (rank > best_rank) {
      best_rank = rank;
      best = row->oid;
    }
  }
  table_endscan(scan);
  table_close(catalog, AccessShareLock);
  CommitTransactionCommand();
  MemoryContextSwitchTo(TopMemoryContext);
  return best;
}

class Launcher {
 public:
  void run();

 private:
  void look_at_children(Micros now);
  void scan_if_due(Micros now);
  Decision judge(Micros now);
  void start(std::size_t index, Micros now);
  void sleep_until(Micros at, Micros now);
  void no_room();
  void follow_clock(Micros now);

  std::vector<Charge> charges_{kEntries};
  Child scanner_;
  DatabasePlan scanner_plan_;
  std::uint32_t scans_ = 0;
  Micros next_scan_ = 1;
  Micros clock_ = 0;  // the time of the last turn, to notice a clock that was set back
  bool warned_ = false;
};

// How the worker of this entry ended. kFailed if it never took its entry (the database was dropped, no connection was
// free).
WorkerEnd take_end(Oid database, Micros started_at) {
  return pg::call([=] {
    WorkerEnd end = WorkerEnd::kFailed;
    DatabaseEntry* entry = find_entry(database, false);
    if (entry != nullptr)
      locked(LW_SHARED, [&] {
        if (entry->started_at >= started_at) end = entry->last_end;
      });
    return end;
  });
}

void Launcher::look_at_children(Micros now) {
  for (auto& charge : charges_)
    if (charge.child.ended()) note_ended(charge.plan, take_end(charge.database, charge.plan.started_at), now);
  if (scanner_.ended()) {
    const std::uint32_t scans = pg_atomic_read_u32(&shared()->scans);
    note_ended(scanner_plan_, scans != scans_ ? WorkerEnd::kWell : WorkerEnd::kFailed, now);
    next_scan_ = scans != scans_ ? now + kSafetyPoll : scanner_plan_.not_before;
  }
}

void Launcher::scan_if_due(Micros now) {
  if (scanner_.running()) return;
  if (pg_atomic_exchange_u32(&shared()->rescan, 0) != 0)
    next_scan_ = std::max<Micros>(scanner_plan_.not_before, 1);
  if (next_scan_ > now) return;
  const Oid database = pg::call([] { return choose_database_to_scan(); });
  next_scan_ = now + kSafetyPoll;
  if (!OidIsValid(database)) return;
  scans_ = pg_atomic_read_u32(&shared()->scans);
  note_started(scanner_plan_, now);
  if (scanner_.start(kScannerMain, "calcom database scanner", database) == Start::kStarted) return;
  note_ended(scanner_plan_, WorkerEnd::kFailed, now);
  next_scan_ = scanner_plan_.not_before;
  no_room();
}

// Reads the entries of shared memory, which may now belong to other databases, and decides what to start.
Decision Launcher::judge(Micros now) {
  struct Seen {
    Oid database;
    bool running;
    Demand demand;
  };
  std::vector<Seen> seen(kEntries);
  Seen* into = seen.data();
  pg::call([=] {
    locked(LW_SHARED, [=] {
      for (int i = 0; i < kEntries; ++i) {
        DatabaseEntry& entry = shared()->entries[i];
        into[i] = {entry.database,
                   entry.pid != 0,
                   {entry.marked, pg_atomic_read_u32(&entry.wanted) != 0, entry.next_due}};
      }
    });
  });
  std::vector<DatabasePlan> plans;
  std::vector<Demand> demands;
  for (int i = 0; i < kEntries; ++i) {
    Charge& charge = charges_[i];
    if (charge.database != seen[i].database && !charge.child.running()) charge = {seen[i].database, {}, {}};
    plans.push_back(charge.plan);
    // A worker that an earlier launcher started has no Child here but is running.
    plans.back().running = charge.child.running() || seen[i].running;
    demands.push_back(seen[i].demand);
  }
  return decide(plans, demands, static_cast<std::size_t>(pg::settings().max_workers), now);
}

void Launcher::start(std::size_t index, Micros now) {
  Charge& charge = charges_[index];
  note_started(charge.plan, now);
  if (charge.child.start(kWorkerMain, "calcom worker", charge.database) == Start::kStarted) {
    warned_ = false;
    return;
  }
  note_ended(charge.plan, WorkerEnd::kFailed, now);
  no_room();
}

void Launcher::no_room() {
  if (warned_) return;
  warned_ = true;
  warn_no_room();
}

void Launcher::sleep_until(Micros at, Micros now) {
  const long timeout = static_cast<long>(std::clamp<Micros>((at - now + 999) / 1000, 1, kHour / 1000));
  pg::call([=] {
    WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, timeout, PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
    CHECK_FOR_INTERRUPTS();
  });
}

void Launcher::follow_clock(Micros now) {
  const Micros back = std::exchange(clock_, now) - now;
  if (back <= kClockSetBack) return;
  for (auto& charge : charges_) clock_set_back(charge.plan, back);
  clock_set_back(scanner_plan_, back);
  next_scan_ -= back;
}

void Launcher::run() {
  while (!ShutdownRequestPending) {
    pg::call([] {
      if (!ConfigReloadPending) return;
      ConfigReloadPending = false;
      ProcessConfigFile(PGC_SIGHUP);
    });
    const Micros now = pg::now();
    follow_clock(now);
    look_at_children(now);
    scan_if_due(now);
    const Decision decision = judge(now);
    for (const std::size_t index : decision.start) start(index, now);
    pg_atomic_write_u32(&shared()->crowded, decision.crowded ? 1 : 0);
    if (decision.crowded)
      for (auto& entry : shared()->entries) wake_process(pg_atomic_read_u32(&entry.process));
    Micros at = next_scan_;
    if (decision.look_again_at != 0) at = std::min(at, decision.look_again_at);
    sleep_until(at, now);
  }
}

void launch() {
  pg::call([] {
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
    before_shmem_exit(forget_launcher, 0);
    pg_atomic_write_u32(&shared()->launcher, my_process());
  });
  Launcher().run();
}

}  // namespace

void register_launcher() {
  BackgroundWorker launcher = describe(kLauncherMain, "calcom launcher");
  launcher.bgw_restart_time = kRestartSeconds;
  RegisterBackgroundWorker(&launcher);
}

}  // namespace calcom::worker

extern "C" CALCOM_EXPORT void calcom_launcher_main(Datum) {
  calcom::pg::entry([] { calcom::worker::launch(); });
  proc_exit(1);  // after 0 the postmaster would not start the launcher again
}
