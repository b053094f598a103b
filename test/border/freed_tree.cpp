// A ProcessUtility hook that runs after calcom's and overwrites the statement's parse tree when the command is done, as
// if the command had freed it (ROLLBACK in a DO block does). Reading the tree afterwards crashes the server or
// sees another command. In sessions with application_name = 'raise' it raises an error instead of returning. Loaded
// before calcom in shared_preload_libraries: the library loaded last is called first.
#include <cstring>

#include "pg/postgres.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "tcop/utility.h"

CALCOM_EXPORT const Pg_magic_struct* PG_MAGIC_FUNCTION_NAME(void);
CALCOM_EXPORT void _PG_init(void);
}

const Pg_magic_struct* PG_MAGIC_FUNCTION_NAME(void) {
  static const Pg_magic_struct magic = PG_MODULE_MAGIC_DATA;
  return &magic;
}

namespace {

// Everything behind the tag, which the server itself reads again for some commands.
template <typename T>
void overwrite(Node* statement) {
  std::memset(reinterpret_cast<char*>(statement) + sizeof(NodeTag), 0x7F, sizeof(T) - sizeof(NodeTag));
}

void overwrite_tree(Node* statement) {
  switch (nodeTag(statement)) {
    case T_TransactionStmt:  // ends every transaction as if it had been COMMIT PREPARED
      reinterpret_cast<TransactionStmt*>(statement)->kind = TRANS_STMT_COMMIT_PREPARED;
      return;
    case T_AlterDatabaseSetStmt:
      return overwrite<AlterDatabaseSetStmt>(statement);
    case T_CallStmt:
      overwrite<CallStmt>(statement);
      statement->type = T_AlterDatabaseSetStmt;
      return;
    case T_DoStmt:
      statement->type = T_TransactionStmt;
      reinterpret_cast<TransactionStmt*>(statement)->kind = TRANS_STMT_COMMIT_PREPARED;
      return;
    default:
      return;
  }
}

void utility(PlannedStmt* planned, const char* query, bool read_only_tree, ProcessUtilityContext context,
             ParamListInfo params, QueryEnvironment* environment, DestReceiver* dest,
             QueryCompletion* completion) {
  Node* statement = planned->utilityStmt;
  standard_ProcessUtility(planned, query, read_only_tree, context, params, environment, dest, completion);
  if (context != PROCESS_UTILITY_TOPLEVEL || statement == nullptr) return;
  overwrite_tree(statement);
  if (std::strcmp(application_name, "raise") == 0) ereport(ERROR, (errmsg("raised by the next hook")));
}

}  // namespace

void _PG_init(void) {
  ProcessUtility_hook = utility;
}
