// Wakes this database's worker when the current transaction commits. Does nothing when the library is not preloaded.
#pragma once

namespace calcom::shmem {

void wake_on_commit();  // cheap to repeat
void changed_on_commit();  // the same, and accounts or secrets changed: the worker probes an open circuit at once
void ignore_own_commits();  // for the worker itself, which looks at the outbox anyway
void rescan_on_commit();    // the marks of databases may have changed: the launcher reads them again

}  // namespace calcom::shmem
