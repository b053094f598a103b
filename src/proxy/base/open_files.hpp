// How many files may be open at once. Clients must not take the last ones: without any, no lost database
// connection could be opened again.
#pragma once

#include <cstddef>

namespace calcom::proxy {

// Raises the limit to `wanted` as far as the system allows; what it is then.
std::size_t limit_of_open_files(std::size_t wanted);

}  // namespace calcom::proxy
