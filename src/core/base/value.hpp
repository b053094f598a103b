// The values a booking's detail can hold. Absent is not null: a detail that an event does not carry is simply
// not in its list, a detail carried as JSON null is Value{Null{}} and clears the stored value.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>

namespace calcom {

// Microseconds since 1970-01-01T00:00:00Z. PostgreSQL's epoch (2000) is converted at the border, never here.
using Micros = std::int64_t;

inline constexpr Micros kSecond = 1'000'000;
inline constexpr Micros kMinute = 60 * kSecond;
inline constexpr Micros kHour = 60 * kMinute;
inline constexpr Micros kDay = 24 * kHour;

struct Null {
  friend constexpr auto operator<=>(const Null&, const Null&) = default;
};

struct Instant {
  Micros at = 0;
  friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
};

// Compact JSON text that jsonb accepts: no U+0000, no lone surrogate.
struct JsonText {
  std::string text;
  friend auto operator<=>(const JsonText&, const JsonText&) = default;
};

using Value = std::variant<Null, bool, std::int64_t, std::string, Instant, JsonText>;

}  // namespace calcom
