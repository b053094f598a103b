#include "pg/settings.hpp"

#include "pg/guard.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace calcom::pg {

namespace {

// PostgreSQL keeps pointers into this; a plain object without a constructor to run.
constinit Settings values;

void integer(const char* name, const char* what, int* variable, int low, int high, GucContext context,
             int flags) {
  DefineCustomIntVariable(name, what, nullptr, variable, *variable, low, high, context, flags, nullptr,
                          nullptr, nullptr);
}

void text(const char* name, const char* what, char** variable, const char* initial) {
  DefineCustomStringVariable(name, what, nullptr, variable, initial, PGC_SUSET, GUC_SUPERUSER_ONLY, nullptr,
                             nullptr, nullptr);
}

}  // namespace

const Settings& settings() {
  return values;
}

void define_settings() {
  DefineCustomBoolVariable("calcom.worker", "Marks a database whose mail the background worker sends.",
                           "Set by calcom_setup() with ALTER DATABASE; the launcher reads the catalog.",
                           &values.worker, false, PGC_USERSET, 0, nullptr, nullptr, nullptr);
  integer("calcom.max_body_size", "Largest webhook body that is accepted.", &values.max_body_size, 1024,
          256 * 1024 * 1024, PGC_SUSET, GUC_UNIT_BYTE);
  integer("calcom.merge_lock_timeout",
          "How long a delivery waits for a locked booking before it is deferred.", &values.merge_lock_timeout,
          1, 60'000, PGC_SUSET, GUC_UNIT_MS);
  integer("calcom.worker_linger", "How long an idle worker keeps its database connection.",
          &values.worker_linger, 0, 3600, PGC_SIGHUP, GUC_UNIT_S);
  integer("calcom.send_concurrency", "Requests to the mail provider in flight at once, per database.",
          &values.send_concurrency, 1, 64, PGC_SIGHUP, 0);
  integer("calcom.max_attempts", "Attempts at one mail before it is failed.", &values.max_attempts, 1, 100,
          PGC_SIGHUP, 0);
  integer("calcom.http_timeout", "Time limit of one request to the mail provider.", &values.http_timeout, 100,
          600'000, PGC_SIGHUP, GUC_UNIT_MS);
  integer("calcom.shutdown_grace", "How long a stopping worker waits for answers in flight.",
          &values.shutdown_grace, 0, 60'000, PGC_SIGHUP, GUC_UNIT_MS);
  DefineCustomStringVariable("calcom.via", "Who is behind a shared login, as calcom_audit notes it.", nullptr,
                             &values.via, "", PGC_USERSET, 0, nullptr, nullptr, nullptr);
  text("calcom.resend_url", "Base address of the mail provider's API.", &values.resend_url,
       "https://api.resend.com");
  text("calcom.secret_directory", "Directory that secrets given as file:NAME are read from.",
       &values.secret_directory, "");
  text("calcom.node_identity_file", "File that identifies this machine; empty means /etc/machine-id.",
       &values.node_identity_file, "");
  if (process_shared_preload_libraries_in_progress)
    integer("calcom.max_workers", "Databases whose mail is sent at the same time.", &values.max_workers, 1,
            64, PGC_POSTMASTER, 0);
  MarkGUCPrefixReserved("calcom");
}

}  // namespace calcom::pg
