#include "outbox/worker_epoch.hpp"

#include "store/account.hpp"
#include "store/environment.hpp"

extern "C" {
#include "access/xlog.h"
#include "storage/lock.h"
}

namespace calcom::outbox {

using namespace store;

namespace {

// The SQL functions use 1 or 2 as the class of an advisory lock, so no session can take this lock by SQL.
constexpr std::uint16_t kLockClass = 0xCA1C;

void take_lock() {
  pg::call([] {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, kLockClass);
    LockAcquire(&tag, ExclusiveLock, true, false);
  });
}

}  // namespace

Admission admit(std::optional<pg::Schema>* schema) {
  if (pg::call([] { return RecoveryInProgress() || XactReadOnly; })) return Admission::kNotOurTurn;
  *schema = pg::schema_of_extension();
  if (!*schema) return Admission::kNothingHere;
  pg::Spi spi(**schema);
  static constinit pg::Statement exists{R"sql(select pg_catalog.to_regclass($1) is not null)sql"};
  if (!spi.run(exists, pg::Params().text((*schema)->quoted + ".calcom_meta")).boolean(0, 1))
    return Admission::kNothingHere;
  return tables_are_current(spi) ? Admission::kReady : Admission::kNothingHere;
}

Lease take_over(pg::Spi& spi) {
  take_lock();
  Lease lease;
  lease.node = store::environment().node;
  if (lease.node.empty()) lease.node = "unknown";  // live mail is held there, see why_not_armed
  static constinit pg::Statement raise{R"sql(
    insert into @extschema@.calcom_worker_epochs as e (node, epoch)
    values ($1, 1)
    on conflict (node)
    do update set epoch = e.epoch + 1
    returning epoch, erased_at)sql"};
  const pg::Rows raised = spi.run(raise, pg::Params().text(lease.node));
  lease.epoch = raised.int8(0, 1);
  lease.erased_at = raised.time(0, 2);
  static constinit pg::Statement free{R"sql(
    update @extschema@.email_outbox
    set state = 'queued', lease_node = null, lease_epoch = null
    where state = 'sending')sql"};
  spi.run(free);
  return lease;
}

}  // namespace calcom::outbox
