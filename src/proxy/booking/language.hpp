// Chooses the language of a page for a visitor.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace calcom::proxy {

// accepted: the value of Accept-Language, or one tag. Returns the index of the preferred tag in offered
// (lower-case tags): the same tag, otherwise the same language; offered.size() if there is none.
std::size_t preferred_language(std::string_view accepted, const std::vector<std::string>& offered);

}  // namespace calcom::proxy
