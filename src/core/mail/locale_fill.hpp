// Texts with places to fill, "{title}". Filled in one pass: what a value brings along is never filled again,
// so a title that says "{reason}" stays what it is.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace calcom {

using Places = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// A name that is not among `places` stays as it stands, braces and all.
std::string fill(std::string_view pattern, Places places);

}  // namespace calcom
