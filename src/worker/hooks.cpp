// Up to PostgreSQL 18 DROP DATABASE and similar commands cannot end a background worker, so the hook asks it to leave.
#include "worker/hooks.hpp"

#include <cstring>

#include "shmem/shared_state.hpp"

extern "C" {
#include "commands/dbcommands.h"
#include "commands/defrem.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
#include "utils/wait_event.h"
}

namespace calcom::worker {

using namespace shmem;

namespace {

constexpr long kPatienceMs = 300;  // afterwards the server's own check waits up to 5 s

constinit ProcessUtility_hook_type next = nullptr;

const char* option(List* options, const char* name) {
  ListCell* cell;
  foreach (cell, options) {
    auto* element = static_cast<DefElem*>(lfirst(cell));
    if (strcmp(element->defname, name) == 0 && element->arg != nullptr) return defGetString(element);
  }
  return nullptr;
}

// The database that must have no other connection for this command to succeed, or null.
const char* database_to_empty(Node* statement) {
  switch (nodeTag(statement)) {
    case T_DropdbStmt:
      return reinterpret_cast<DropdbStmt*>(statement)->dbname;
    case T_CreatedbStmt: {
      const char* source = option(reinterpret_cast<CreatedbStmt*>(statement)->options, "template");
      return source != nullptr ? source : "template1";
    }
    case T_RenameStmt: {
      auto* rename = reinterpret_cast<RenameStmt*>(statement);
      return rename->renameType == OBJECT_DATABASE ? rename->subname : nullptr;
    }
    case T_AlterDatabaseStmt: {
      auto* alter = reinterpret_cast<AlterDatabaseStmt*>(statement);
      return option(alter->options, "tablespace") != nullptr ? alter->dbname : nullptr;
    }
    default:
      return nullptr;
  }
}

bool has_left(DatabaseEntry* entry) {
  bool left = false;
  locked(LW_SHARED, [&] { left = entry->pid == 0; });
  return left;
}

void ask_to_leave(const char* name) {
  DatabaseEntry* entry = find_entry(get_database_oid(name, true), false);
  if (entry == nullptr || has_left(entry)) return;
  pg_atomic_write_u32(&entry->leave, 1);
  wake_process(pg_atomic_read_u32(&entry->process));
  ConditionVariablePrepareToSleep(&shared()->left);
  while (!has_left(entry))
    if (ConditionVariableTimedSleep(&shared()->left, kPatienceMs, PG_WAIT_EXTENSION)) break;
  ConditionVariableCancelSleep();
}

// What a command changes for the worker or the launcher once it has succeeded.
enum class Effect : std::uint8_t {
  kNone,
  kWake,          // this database's worker, when the transaction commits
  kWakePrepared,  // the same, now: COMMIT PREPARED calls no commit callback of the transaction that it commits
  kRescanDatabases  // when the transaction commits: the launcher reads again which databases are marked
};

bool changes_mark(const AlterDatabaseSetStmt* alter) {
  const VariableSetStmt* setting = alter->setstmt;
  return setting->kind == VAR_RESET_ALL ||
         (setting->name != nullptr && pg_strcasecmp(setting->name, "calcom.worker") == 0);
}

Effect effect_of(Node* statement) {
  switch (nodeTag(statement)) {
    case T_TransactionStmt: {
      const bool prepared = reinterpret_cast<TransactionStmt*>(statement)->kind == TRANS_STMT_COMMIT_PREPARED;
      return prepared ? Effect::kWakePrepared : Effect::kNone;
    }
    case T_AlterDatabaseSetStmt:
      return changes_mark(reinterpret_cast<AlterDatabaseSetStmt*>(statement)) ? Effect::kRescanDatabases
                                                                              : Effect::kNone;
    case T_DropdbStmt:  // else the launcher keeps starting workers for the dropped database
      return Effect::kRescanDatabases;
    case T_DropStmt: {
      const bool extension = reinterpret_cast<DropStmt*>(statement)->removeType == OBJECT_EXTENSION;
      return extension ? Effect::kWake : Effect::kNone;
    }
    default:
      return Effect::kNone;
  }
}

Effect prepare(Node* statement) {
  const char* name = database_to_empty(statement);
  if (name != nullptr) ask_to_leave(name);
  return effect_of(statement);
}

void apply(Effect effect) {
  switch (effect) {
    case Effect::kNone:
      return;
    case Effect::kWake:
      return wake_on_commit();
    case Effect::kWakePrepared:
      if (DatabaseEntry* entry = find_entry(MyDatabaseId, false)) wake_entry(entry);
      return;
    case Effect::kRescanDatabases:
      return rescan_on_commit();
  }
}

// INVARIANT: nothing of `planned` is read after the next hook was called. The command may free its own parse tree:
// a ROLLBACK in a DO block or procedure releases the cached plan that holds the tree. If the next hook raises, the
// error leaves this frame and nothing is woken.
void utility(PlannedStmt* planned, const char* query, bool read_only_tree, ProcessUtilityContext context,
             ParamListInfo params, QueryEnvironment* environment, DestReceiver* dest,
             QueryCompletion* completion) {
  Node* statement = planned->utilityStmt;
  Effect effect = Effect::kNone;
  if (preloaded() && statement != nullptr)
    effect = pg::entry([=] { return pg::call([=] { return prepare(statement); }); });
  (next != nullptr ? next : standard_ProcessUtility)(planned, query, read_only_tree, context, params,
                                                     environment, dest, completion);
  if (effect != Effect::kNone) pg::entry([=] { pg::call([=] { apply(effect); }); });
}

}  // namespace

void install_utility_hook() {
  next = ProcessUtility_hook;
  ProcessUtility_hook = utility;
}

}  // namespace calcom::worker
