// The greatest age of a mail. A confirmation that arrives weeks late, because mail was paused or a key was
// refused, confuses its recipient. The clock is a parameter.
#pragma once

#include <optional>
#include <string_view>

#include "core/booking/merge.hpp"

namespace calcom {

// Has a mail of this kind been owed for longer than `max_age` (none: no limit)? Not asked of a mail that may
// have arrived: that one ends by the wall of its key (retry.hpp). A reminder has no age but ends with the
// start.
bool too_old(MailKind kind, Micros owed_at, std::optional<Micros> max_age, Micros now);

}  // namespace calcom
