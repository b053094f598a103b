// What the background processes say in the server's log.
#pragma once

#include "pg/guard.hpp"

namespace calcom::pg {

// SQLSTATE and message of a failed round; no DETAIL, because that quotes rows.
void log_failure(const char* what, const pg::Failure& failure);

// An account's mail waits for the provider: why, and what mends it. And: it does so no longer.
void log_waits(const std::string& account, const std::string& finding, const std::string& command);
void log_leaves_again(const std::string& account);

void warn_no_room();  // no background worker slot is free

}  // namespace calcom::pg
