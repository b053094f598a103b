// The limit of open files. Clients must not use all of them: a new database connection needs one.
#pragma once

#include <cstddef>

namespace calcom::proxy {

// Raises the limit to `wanted` as far as the system allows and returns the new limit.
std::size_t limit_of_open_files(std::size_t wanted);

}  // namespace calcom::proxy
