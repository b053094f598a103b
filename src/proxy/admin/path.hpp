// Segments of the operator page's addresses, and their checks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/route.hpp"

namespace calcom::proxy {

// "/mails/default/ID" as its decoded segments; "" and "/" have none. nullopt if malformed or not plain text.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

bool is_uuid(std::string_view text);
// Accepts uids that Cal.com does not make: the database may contain them.
bool is_any_uid(std::string_view text);

}  // namespace calcom::proxy
