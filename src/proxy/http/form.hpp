// Names and values as browsers send them: queries, forms, cookies. A repeated name
// counts as absent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace calcom::proxy {

// The value in "a=1&b=x%20y" or in a form's body; nullopt if absent, repeated or malformed.
std::optional<std::string> form_value(std::string_view form, std::string_view name);

// The value in a Cookie header, not decoded.
std::optional<std::string> cookie_value(std::string_view header, std::string_view name);

// No control characters: a zero byte would end a parameter of the database early.
bool is_plain_text(std::string_view text);

}  // namespace calcom::proxy
