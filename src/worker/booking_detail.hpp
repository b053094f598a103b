// Single details of a booking, for composing.
#pragma once

#include <string>
#include <variant>

#include "core/booking/booking.hpp"

namespace calcom::worker {

template <typename T>
const T* detail(const Booking& booking, Detail which) {
  return std::get_if<T>(&booking.details[static_cast<std::size_t>(which)]);
}

inline std::string text(const Booking& booking, Detail which) {
  const auto* value = detail<std::string>(booking, which);
  return value != nullptr ? *value : std::string();
}

inline bool flag(const Booking& booking, Detail which) {
  const auto* value = detail<bool>(booking, which);
  return value != nullptr && *value;
}

inline std::string first_of(const std::string& wanted, const std::string& otherwise) {
  return wanted.empty() ? otherwise : wanted;
}

}  // namespace calcom::worker
