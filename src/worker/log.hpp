// What the background processes say in the server's log.
#pragma once

#include "pg/guard.hpp"

namespace calcom::worker {

// SQLSTATE and message of a failed round; no DETAIL, because that quotes rows.
void log_failure(const char* what, const pg::Failure& failure);

void warn_no_room();  // no background worker slot is free

}  // namespace calcom::worker
