#include "store/transaction.hpp"

#include "pg/postgres.hpp"

extern "C" {
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/snapmgr.h"
#include "utils/timeout.h"
}

namespace calcom::store {

namespace {

constexpr char kOwner[] = "calcom_owner";
constexpr int kStatementTimeoutMs = 30'000;

void set(const char* name, const char* value) {
  SetConfigOption(name, value, PGC_SUSET, PGC_S_OVERRIDE);
}

// INVARIANT: user triggers never run with the privileges of the connecting role, a superuser. The security context stays
// in force through COMMIT, so PostgreSQL refuses to fire deferred triggers.
void become_owner() {
  const Oid owner = pg::call([] { return get_role_oid(kOwner, true); });
  if (!OidIsValid(owner))
    throw pg::SqlError{ERRCODE_UNDEFINED_OBJECT,
                       "role calcom_owner does not exist: CREATE ROLE calcom_owner NOLOGIN"};
  SetUserIdAndSecContext(owner, SECURITY_RESTRICTED_OPERATION);
}

struct Identity {
  Oid user;
  int context;
};

// Only the main loop of client backends arms statement_timeout, so it is armed here.
void begin() {
  SetCurrentStatementStartTimestamp();
  StartTransactionCommand();
  PushActiveSnapshot(GetTransactionSnapshot());  // SPI insists on an outer one; each statement takes its own
  enable_timeout_after(STATEMENT_TIMEOUT, kStatementTimeoutMs);
  pgstat_report_activity(STATE_RUNNING, nullptr);
}

void leave(Identity identity) {
  disable_timeout(STATEMENT_TIMEOUT, false);
  SetUserIdAndSecContext(identity.user, identity.context);
  pgstat_report_stat(false);
  pgstat_report_activity(STATE_IDLE, nullptr);
}

void abandon(Identity identity) {
  pg::call([=] {
    AbortCurrentTransaction();
    leave(identity);
    MemoryContextSwitchTo(TopMemoryContext);
  });
}

}  // namespace

void connect_to(Oid database, const char* name) {
  pg::call([=] {
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
    BackgroundWorkerUnblockSignals();
    BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0);
    set("application_name", name);
    set("search_path", "pg_catalog, pg_temp");
    // The deadlock detector runs after 1 s and may cancel the DBA's command. With lock_timeout = 100 ms the worker always
    // gives up first.
    set("lock_timeout", "100ms");
    set("idle_in_transaction_session_timeout", "0");
    if (synchronous_commit < SYNCHRONOUS_COMMIT_ON) set("synchronous_commit", "on");
    set("default_transaction_isolation", "read committed");
    set("row_security", "on");
    // Each statement touches a few rows by key. Plans must not change with statistics, which a new queue lacks.
    set("jit", "off");
    set("enable_seqscan", "off");
    set("enable_hashjoin", "off");
    set("enable_mergejoin", "off");
    pgstat_report_activity(STATE_IDLE, nullptr);
  });
}

bool gave_way(const pg::Failure& failure) {
  return failure.sqlstate == ERRCODE_T_R_DEADLOCK_DETECTED ||
         failure.sqlstate == ERRCODE_LOCK_NOT_AVAILABLE || failure.sqlstate == ERRCODE_UNDEFINED_TABLE;
}

bool transaction(pg::Failure* failure, As as, const std::function<void()>& body) {
  Identity identity;
  GetUserIdAndSecContext(&identity.user, &identity.context);
  const auto whole = [&] {
    pg::call([] { begin(); });
    if (as == As::kOwner) become_owner();
    body();
    pg::call([=] {
      PopActiveSnapshot();
      CommitTransactionCommand();
      leave(identity);
      MemoryContextSwitchTo(TopMemoryContext);
    });
  };
  return pg::outlive(failure, whole, [=] { abandon(identity); });
}

}  // namespace calcom::store
