// When the provider allows the next request, from the headers of its answer and from its quotas.
#pragma once

#include <optional>

#include "core/sending/resend.hpp"

namespace calcom {

// `retry-after`, in seconds or as an HTTP date; between 1 s and 24 h from now. nullopt: absent or unreadable.
std::optional<Micros> retry_after(const Answer& answer, Micros now);

// The next 00:00 UTC, when daily quotas start again.
Micros next_utc_midnight(Micros now);

// When to continue after "daily quota exceeded". In the first minutes of a day this is a short pause: the
// provider's day may begin later than ours, and a wait until midnight would lose a whole day.
Micros daily_quota_renewed(Micros now);

}  // namespace calcom
