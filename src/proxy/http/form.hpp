// Names and values as browsers send them: queries, forms, cookies. Of a name that comes twice none is
// believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace calcom::proxy {

// Of "a=1&b=x%20y" or of a form's body; nullopt when it is absent, repeated or malformed.
std::optional<std::string> form_value(std::string_view form, std::string_view name);

// Of a Cookie header, as it stands there.
std::optional<std::string> cookie_value(std::string_view header, std::string_view name);

// No control characters: a zero byte would end a parameter of the database early.
bool is_plain_text(std::string_view text);

}  // namespace calcom::proxy
