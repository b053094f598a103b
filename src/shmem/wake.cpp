// Wakes the worker when a transaction commits. Each backend registers one callback for its whole life and sets a flag in
// each transaction: a callback registered per transaction is never freed and slows every later commit of the session.
#include "shmem/shared_state.hpp"

namespace calcom::shmem {

namespace {

struct Pending {
  bool registered = false;
  bool ignored = false;  // the worker itself
  bool wake = false;
  bool changed = false;
  bool rescan = false;
};
constinit Pending pending;

void deliver() {
  if (pending.wake) {
    DatabaseEntry* entry = find_entry(MyDatabaseId, true);
    if (entry != nullptr) {
      if (pending.changed) pg_atomic_write_u32(&entry->changed, 1);
      wake_entry(entry);
    }
  }
  if (pending.rescan) {
    pg_atomic_write_u32(&shared()->rescan, 1);
    wake_process(pg_atomic_read_u32(&shared()->launcher));
  }
}

// A prepared transaction is not visible yet: its COMMIT PREPARED wakes (hooks.cpp).
void on_transaction_end(XactEvent event, void*) {
  if (!pending.wake && !pending.rescan) return;
  switch (event) {
    case XACT_EVENT_COMMIT:
      deliver();
      break;
    case XACT_EVENT_ABORT:
    case XACT_EVENT_PREPARE:
      break;
    default:
      return;
  }
  pending.wake = pending.changed = pending.rescan = false;
}

bool ready() {
  if (!preloaded() || pending.ignored) return false;
  if (!pending.registered) {
    pg::call([] { RegisterXactCallback(on_transaction_end, nullptr); });
    pending.registered = true;
  }
  return true;
}

}  // namespace

void wake_on_commit() {
  if (ready()) pending.wake = true;
}

void changed_on_commit() {
  if (ready()) pending.wake = pending.changed = true;
}

// Else its own UPDATEs would wake the worker again and again.
void ignore_own_commits() {
  pending.ignored = true;
}

void rescan_on_commit() {
  if (ready()) pending.rescan = true;
}

}  // namespace calcom::shmem

// A statement trigger on the tables that the worker reads, so that plain SQL wakes it as well. Its argument is 'outbox' or
// 'config'.
CALCOM_FUNCTION(calcom_outbox_changed) {
  return calcom::pg::entry([=]() -> Datum {
    if (!CALLED_AS_TRIGGER(fcinfo))
      throw calcom::pg::SqlError{ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
                                 "calcom_outbox_changed is a trigger"};
    const auto* trigger = reinterpret_cast<TriggerData*>(fcinfo->context)->tg_trigger;
    if (trigger->tgnargs > 0 && std::string_view(trigger->tgargs[0]) == "config")
      calcom::shmem::changed_on_commit();
    else
      calcom::shmem::wake_on_commit();
    return PointerGetDatum(nullptr);
  });
}
