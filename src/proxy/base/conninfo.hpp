// Checks a connection string. Every user of a machine can read arguments, so passwords there are refused.
#pragma once

#include <string>
#include <string_view>

namespace calcom::proxy {

enum class ConninfoFault { kNone, kMalformed, kHasPassword };

// text: a URI, keyword=value pairs or a database name, as libpq accepts it. Does not
// connect.
ConninfoFault inspect_conninfo(const std::string& text);

}  // namespace calcom::proxy
