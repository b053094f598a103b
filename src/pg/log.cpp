// Reports below ERROR do not jump, so call() is all they need of the border.
#include "pg/log.hpp"

namespace calcom::pg {

void log_failure(const char* what, const pg::Failure& failure) {
  const std::string message = described(failure);
  const char* text = message.c_str();
  const char* context = failure.context.c_str();
  const int sqlstate = failure.sqlstate;
  pg::call([=] {
    ereport(LOG, (errcode(sqlstate), errmsg("calcom worker: %s: %s", what, text),
                  *context != '\0' ? errcontext("%s", context) : 0));
  });
}

void log_waits(const std::string& account, const std::string& finding, const std::string& command) {
  const char* name = account.c_str();
  const char* what = finding.c_str();
  const char* hint = command.c_str();
  pg::call([=] {
    ereport(WARNING,
            (errmsg("calcom worker: mail of account %s waits: %s", name, what), errhint("%s", hint)));
  });
}

void log_leaves_again(const std::string& account) {
  const char* name = account.c_str();
  pg::call([=] { ereport(LOG, (errmsg("calcom worker: mail of account %s is sent again", name))); });
}

void warn_no_room() {
  pg::call([] {
    ereport(WARNING, (errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                      errmsg("calcom: no background worker slot is free, mail waits"),
                      errhint("Raise max_worker_processes and restart the server.")));
  });
}

}  // namespace calcom::pg
