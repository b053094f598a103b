// Identifies where this database runs, by values that no dump, copy or snapshot keeps all at once: the cluster's system
// identifier, the database's oid, and the node (machine identity from outside the data directory, and the directory's
// path). Mail is sent only where calcom_go_live() was called; a restored copy sends none.
#pragma once

#include "pg/spi.hpp"

namespace calcom::store {

using namespace pg;

struct Environment {
  std::string system_identifier;
  Oid database = InvalidOid;
  std::string node;          // empty if the machine identity is not available
  std::string node_problem;  // why it is not
};

Environment environment();

// Empty when mail of this account may leave from here, else what differs, in words for the reader of
// email_outbox.
std::string why_not_armed(Spi& spi, std::string_view account, const Environment& here);

}  // namespace calcom::store
