// Which language a visitor reads a page in, of those that it can be read in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace calcom::proxy {

// accepted: the value of Accept-Language, or one tag. Place of the one he likes best among offered
// (lower-case tags): the same tag, else the same language; offered.size() when there is none.
std::size_t preferred_language(std::string_view accepted, const std::vector<std::string>& offered);

}  // namespace calcom::proxy
