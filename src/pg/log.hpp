// Messages of the background processes in the server log.
#pragma once

#include "pg/guard.hpp"

namespace calcom::pg {

// Logs SQLSTATE, message and CONTEXT of a failed round. No DETAIL, because it may quote rows.
void log_failure(const char* what, const pg::Failure& failure);

// The provider refuses mail of the account: `finding` says why, `command` is the HINT. And: mail is sent again.
void log_waits(const std::string& account, const std::string& finding, const std::string& command);
void log_leaves_again(const std::string& account);

void warn_no_room();  // every background worker slot of the server is in use

}  // namespace calcom::pg
