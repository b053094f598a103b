// When the provider lets us go on, as its answer's headers tell it.
#pragma once

#include <optional>

#include "core/sending/resend.hpp"

namespace calcom {

// `retry-after`, in seconds or as an HTTP date; between 1 s and 24 h from now. nullopt: absent or unreadable.
std::optional<Micros> retry_after(const Answer& answer, Micros now);

// The next 00:00 UTC, when daily quotas start again.
Micros next_utc_midnight(Micros now);

// When to go on after "daily quota exceeded". In the first minutes of a day that is soon: the provider's day
// may begin later than by our clock, and a whole day would be lost.
Micros daily_quota_renewed(Micros now);

}  // namespace calcom
