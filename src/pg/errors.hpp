// The extension's own errors (core/base/errors.def) as SqlError.
#pragma once

#include "core/base/errors.hpp"
#include "pg/guard.hpp"

namespace calcom::pg {

// The SqlError to throw. `hint` replaces the listed one where it can be more precise.
SqlError sql_error(Error error, std::string detail = {}, std::string hint = {});

}  // namespace calcom::pg
