// RFC 3339 in and out, with any offset and 0 to 9 fraction digits (cut to microseconds). No clock, no zone
// data.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/value.hpp"

namespace calcom {

// Years 0001 to 9999; nullopt for anything else, an impossible date or trailing bytes. 24:00:00 is refused, a
// leap second (:60) counts as the next second's start, as PostgreSQL has it.
std::optional<Micros> parse_timestamp(std::string_view text);

std::string format_timestamp(Micros at);  // "2026-11-23T05:00:00Z", fraction only when there is one

struct CivilTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, weekday = 4;  // 0 = Sunday
};
CivilTime civil(Micros at, int utc_offset_seconds);  // proleptic Gregorian

}  // namespace calcom
