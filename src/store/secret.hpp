// Reads the secrets of an account. A value `file:NAME` stands for the content of a file in
// calcom.secret_directory, so that a secret need not be in the database. No error tells any part of a value.
#pragma once

#include "pg/spi.hpp"

namespace calcom::store {

using namespace pg;

// The secrets of this kind that count now, newest first: the current one and, until its end, the previous
// one. Empty when none is set. Runs as the current user in the current transaction: call it as calcom_owner.
std::vector<std::string> secrets(Spi& spi, std::string_view account, std::string_view kind);

}  // namespace calcom::store
