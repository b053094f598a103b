// See log.hpp. Reports below ERROR do not jump, so they need no more of the border than call().
#include "pg/log.hpp"

namespace calcom::pg {

void log_failure(const char* what, const pg::Failure& failure) {
  const char* message = failure.message.c_str();
  const int state = failure.sqlstate;
  pg::call([=] {
    ereport(LOG, (errmsg("calcom worker: %s: %s (SQLSTATE %s)", what, message, unpack_sql_state(state))));
  });
}

void log_waits(const std::string& account, const std::string& finding, const std::string& command) {
  const char* name = account.c_str();
  const char* what = finding.c_str();
  const char* mend = command.c_str();
  pg::call([=] {
    ereport(WARNING,
            (errmsg("calcom worker: mail of account %s waits: %s", name, what), errhint("%s", mend)));
  });
}

void log_leaves_again(const std::string& account) {
  const char* name = account.c_str();
  pg::call([=] { ereport(LOG, (errmsg("calcom worker: mail of account %s leaves again", name))); });
}

void warn_no_room() {
  pg::call([] {
    ereport(WARNING, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                      errmsg("calcom: no background worker slot is free, mail waits"),
                      errhint("Raise max_worker_processes and restart the server.")));
  });
}

}  // namespace calcom::pg
