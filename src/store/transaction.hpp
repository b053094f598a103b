// Top-level transactions of our background processes. What guard.hpp's subxact is inside a backend's
// transaction, this is outside of one: the place where an error ends a round and not the process.
#pragma once

#include "pg/guard.hpp"

namespace calcom::store {

using namespace pg;

enum class As : std::uint8_t {
  kConnected,  // whoever the process connected as: catalogs only
  kOwner,      // calcom_owner, security-restricted: whatever touches a table of a user
};

// Signals, connection, own limits and a search_path that names nothing but pg_catalog.
void connect_to(Oid database, const char* name);

// The error of who gives way to others: a lock that did not come, a circle of locks, or a table that DROP
// EXTENSION took away in the midst of the round (the next one finds that out and ends).
bool gave_way(const pg::Failure& failure);

// Runs `body` in a transaction of its own that is committed durably whatever the database's
// synchronous_commit says. False: rolled back, `failure` says why (cancel included: in a worker it ends the
// round).
bool transaction(pg::Failure* failure, As as, const std::function<void()>& body);

}  // namespace calcom::store
