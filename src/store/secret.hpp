// Reads the secrets of an account. The value `file:NAME` means the content of that file in calcom.secret_directory, so a
// secret need not be stored in the database. No error contains any part of a value.
#pragma once

#include "pg/spi.hpp"

namespace calcom::store {

using namespace pg;

// The valid secrets of this kind, newest first: the current one and, until its end, the previous one. Empty if none is
// set. Runs as the current user in the current transaction: call it as calcom_owner.
std::vector<std::string> secrets(Spi& spi, std::string_view account, std::string_view kind);

}  // namespace calcom::store
