// Top-level transactions of the background processes. An error ends the round, not the process.
#pragma once

#include "pg/guard.hpp"

namespace calcom::store {

using namespace pg;

enum class As : std::uint8_t {
  kConnected,  // the role of the connection (superuser): reads catalogs only
  kOwner,      // calcom_owner in a security-restricted operation: everything that touches the user's tables
};

// Sets up signals and the connection, timeouts, and search_path = pg_catalog, pg_temp.
void connect_to(Oid database, const char* name);

// Errors that mean "retry later": lock timeout, deadlock, or a table dropped during the round (the next round notices that
// the extension is gone and ends the worker).
bool gave_way(const pg::Failure& failure);

// Runs `body` in a transaction of its own. The commit is durable even if the database sets synchronous_commit = off.
// False: rolled back, `failure` holds the error (cancel included).
bool transaction(pg::Failure* failure, As as, const std::function<void()>& body);

}  // namespace calcom::store
