// Pieces of the operator page's addresses, and what they may be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/route.hpp"

namespace calcom::proxy {

// "/mails/default/ID" as its decoded pieces; "" and "/" have none. nullopt: malformed or not plain text.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

bool is_uuid(std::string_view text);
// Also such as no Cal.com makes: what is in the database can be looked at.
bool is_any_uid(std::string_view text);

}  // namespace calcom::proxy
