// The grammar of obligation keys (merge.hpp), shared by mails of the state and by reminders. Internal to
// core.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/booking/merge.hpp"

namespace calcom {

// kind "/" uid "/" what ["@" start] "/" recipient; '%', '/' and '@' inside uid and what are percent-encoded.
std::string obligation_key(MailKind kind, std::string_view uid, std::string_view what,
                           std::optional<Micros> start, std::string_view recipient);

}  // namespace calcom
