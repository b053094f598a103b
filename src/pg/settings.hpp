// Every setting (GUC) of the extension, one place. Units, defaults and who may change each: docs/settings.md.
#pragma once

namespace calcom::pg {

struct Settings {
  bool worker = false;  // the database's mark: ALTER DATABASE … SET calcom.worker = on (calcom_setup does)
  int max_body_size = 1024 * 1024;     // bytes
  int merge_lock_timeout = 250;        // ms
  int worker_linger = 30;              // s a worker stays after its last mail
  int max_workers = 8;                 // databases served at once; needs a restart
  int send_concurrency = 4;            // transfers in flight per database
  int max_attempts = 12;               // per mail, automatic
  int http_timeout = 30'000;           // ms for one request
  int shutdown_grace = 500;            // ms a stopping worker waits for answers in flight
  char* via = nullptr;                 // who is behind a shared login, for calcom_audit; anybody sets it
  char* resend_url = nullptr;          // superuser only
  char* secret_directory = nullptr;    // superuser only; empty: file: values are refused
  char* node_identity_file = nullptr;  // superuser only; empty: /etc/machine-id
};

const Settings& settings();
void define_settings();  // from _PG_init

}  // namespace calcom::pg
