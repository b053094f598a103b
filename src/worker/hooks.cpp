// See hooks.hpp. Up to PostgreSQL 18 nothing but the worker itself can end it for DROP DATABASE and the like.
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

constexpr long kPatienceMs = 300;  // then the command does its own waiting, 5 s in all

constinit ProcessUtility_hook_type earlier = nullptr;

const char* option(List* options, const char* name) {
  ListCell* cell;
  foreach (cell, options) {
    auto* element = static_cast<DefElem*>(lfirst(cell));
    if (strcmp(element->defname, name) == 0 && element->arg != nullptr) return defGetString(element);
  }
  return nullptr;
}

// The database that the command wants nobody else in, or null.
const char* wanted_empty(Node* statement) {
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

void before(Node* statement) {
  const char* name = wanted_empty(statement);
  if (name != nullptr) ask_to_leave(name);
}

bool concerns_mark(const AlterDatabaseSetStmt* alter) {
  const VariableSetStmt* setting = alter->setstmt;
  return setting->kind == VAR_RESET_ALL ||
         (setting->name != nullptr && pg_strcasecmp(setting->name, "calcom.worker") == 0);
}

void after(Node* statement) {
  switch (nodeTag(statement)) {
    case T_TransactionStmt:
      if (reinterpret_cast<TransactionStmt*>(statement)->kind == TRANS_STMT_COMMIT_PREPARED) {
        DatabaseEntry* entry = find_entry(MyDatabaseId, false);
        if (entry != nullptr) wake_entry(entry);
      }
      break;
    case T_AlterDatabaseSetStmt:
      if (concerns_mark(reinterpret_cast<AlterDatabaseSetStmt*>(statement))) rescan_on_commit();
      break;
    case T_DropdbStmt:
      rescan_on_commit();  // or the launcher goes on starting a worker for what is gone
      break;
    case T_DropStmt:
      if (reinterpret_cast<DropStmt*>(statement)->removeType == OBJECT_EXTENSION) wake_on_commit();
      break;
    default:
      break;
  }
}

void utility(PlannedStmt* planned, const char* query, bool read_only_tree, ProcessUtilityContext context,
             ParamListInfo params, QueryEnvironment* environment, DestReceiver* dest,
             QueryCompletion* completion) {
  // A COMMIT PREPARED frees nothing of ours, but the tree of other commands may be gone afterwards.
  Node* statement = planned->utilityStmt;
  const bool ours = preloaded() && statement != nullptr;
  if (ours) pg::entry([=] { pg::call([=] { before(statement); }); });
  (earlier != nullptr ? earlier : standard_ProcessUtility)(planned, query, read_only_tree, context, params,
                                                           environment, dest, completion);
  if (ours) pg::entry([=] { pg::call([=] { after(statement); }); });
}

}  // namespace

void install_utility_hook() {
  earlier = ProcessUtility_hook;
  ProcessUtility_hook = utility;
}

}  // namespace calcom::worker
