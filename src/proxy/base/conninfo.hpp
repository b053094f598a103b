// Where the database is, as text. Arguments are readable by every user of a machine (ps), so a password among
// them is refused instead of used.
#pragma once

#include <string>
#include <string_view>

namespace calcom::proxy {

enum class ConninfoFault { kNone, kMalformed, kHasPassword };

// text as libpq takes it: a URI, keyword=value pairs or a bare database name. Says nothing about
// reachability.
ConninfoFault inspect_conninfo(const std::string& text);

}  // namespace calcom::proxy
