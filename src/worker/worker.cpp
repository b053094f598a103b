// The worker of one database. The launcher starts it when there is mail to send; it connects, becomes calcom_owner, sends
// and ends. An idle database has no connection of the extension.
#include "pg/log.hpp"
#include "pg/settings.hpp"
#include "store/transaction.hpp"
#include "worker/drain.hpp"

extern "C" {
#include "storage/ipc.h"
}

namespace calcom::worker {

namespace {

constexpr int kTries = 50;  // while another session holds a lock: five seconds in total

struct Opened {
  Admission admission = Admission::kNothingHere;
  std::optional<pg::Schema> schema;
  Lease lease;
};

// Returns the exit code: the postmaster logs 1, but not 0.
int serve(Oid database) {
  connect_to(database, "calcom worker");
  ignore_own_commits();
  const WorkerEntry slot = WorkerEntry::take(database);
  Opened opened;
  pg::Failure failure;
  bool done = false;
  for (int tries = 0; !done && tries < kTries; ++tries) {
    done = transaction(&failure, As::kOwner, [&] {
      opened.admission = admit(&opened.schema);
      if (opened.admission != Admission::kReady) return;
      pg::Spi spi(*opened.schema);
      opened.lease = take_over(spi);
    });
    if (!done && !gave_way(failure)) break;
  }
  if (!done && failure.sqlstate != ERRCODE_READ_ONLY_SQL_TRANSACTION) {
    log_failure("could not start", failure);
    slot.error("could not start", failure.sqlstate);
    return 1;
  }
  if (!done || opened.admission == Admission::kNotOurTurn) {
    slot.end(WorkerEnd::kLater, 0);
    return 0;
  }
  if (opened.admission == Admission::kNothingHere) {
    slot.take_wanted();
    slot.end(WorkerEnd::kWell, 0);
    return 0;
  }
  Drain drain(*opened.schema, opened.lease, slot);
  const WorkerEnd end = drain.run();
  slot.end(end, drain.next_due());
  return end == WorkerEnd::kFailed ? 1 : 0;
}

}  // namespace

}  // namespace calcom::worker

extern "C" CALCOM_EXPORT void calcom_worker_main(Datum argument) {
  const int code = calcom::pg::entry([=] { return calcom::worker::serve(DatumGetObjectId(argument)); });
  proc_exit(code);
}
