// The launcher: one process for the server, connected to no database. It starts a database's worker when a commit woke
// it, when its next mail is due, and once after the server or the launcher started.
#pragma once

namespace calcom::worker {

void register_launcher();  // while the library is preloaded

inline constexpr char kLibrary[] = "calcom";
inline constexpr char kLauncherMain[] = "calcom_launcher_main";
inline constexpr char kScannerMain[] = "calcom_database_scanner_main";
inline constexpr char kWorkerMain[] = "calcom_worker_main";

}  // namespace calcom::worker
