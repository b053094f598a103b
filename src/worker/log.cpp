// See log.hpp. Reports below ERROR do not jump, so they need no more of the border than call().
#include "worker/log.hpp"

namespace calcom::worker {

void log_failure(const char* what, const pg::Failure& failure) {
  const char* message = failure.message.c_str();
  const int state = failure.sqlstate;
  pg::call([=] {
    ereport(LOG, (errmsg("calcom worker: %s: %s (SQLSTATE %s)", what, message, unpack_sql_state(state))));
  });
}

void warn_no_room() {
  pg::call([] {
    ereport(WARNING, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                      errmsg("calcom: no background worker slot is free, mail waits"),
                      errhint("Raise max_worker_processes and restart the server.")));
  });
}

}  // namespace calcom::worker
