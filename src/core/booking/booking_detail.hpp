// Single details of a booking.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/booking/booking.hpp"

namespace calcom {

template <typename T>
const T* detail_of(const Booking& booking, Detail which) {
  return std::get_if<T>(&booking.details[static_cast<std::size_t>(which)]);
}

inline std::optional<Micros> instant_of(const Booking& booking, Detail which) {
  const auto* value = detail_of<Instant>(booking, which);
  return value != nullptr ? std::optional(value->at) : std::nullopt;
}

inline std::string text_of(const Booking& booking, Detail which) {
  const auto* value = detail_of<std::string>(booking, which);
  return value != nullptr ? *value : std::string();
}

inline bool flag_of(const Booking& booking, Detail which) {
  const auto* value = detail_of<bool>(booking, which);
  return value != nullptr && *value;
}

inline std::string first_of(const std::string& wanted, const std::string& otherwise) {
  return wanted.empty() ? otherwise : wanted;
}

}  // namespace calcom
