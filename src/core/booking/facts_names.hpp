// The names in the stored form of the facts, shared by its writer and its reader. They are a file format:
// rows of years ago carry them, so a name that was released never changes its meaning.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "core/booking/detail.hpp"

namespace calcom {

inline constexpr int kFactsVersion = 1;

namespace names {
inline constexpr std::string_view kBooker = "booker", kBorn = "born", kDetails = "details", kFirst = "first",
                                  kHosts = "hosts", kMoved = "moved", kNewest = "newest",
                                  kPredecessors = "predecessors", kSeated = "seated", kSeats = "seats",
                                  kStamps = "stamps", kStanding = "standing", kStep = "step",
                                  kSuccessors = "successors", kVersion = "v", kWholeCancel = "whole_cancel";
inline constexpr std::string_view kAdded = "added", kBooked = "booked", kCancelled = "cancelled",
                                  kConfirmed = "confirmed", kMovedIn = "moved_in", kMovedOut = "moved_out",
                                  kNoShow = "no_show", kPerson = "person", kSeatUid = "seat_uid";
inline constexpr std::string_view kEmail = "email", kLocale = "locale", kName = "name", kPhone = "phone",
                                  kTimeZone = "time_zone";
inline constexpr std::string_view kAt = "at",
                                  kJson = "json";  // an instant in microseconds; JSON kept as text
}  // namespace names

inline constexpr std::array<Detail, kDetailCount> kDetailsByName = [] {
  std::array<Detail, kDetailCount> sorted{};
  for (std::size_t i = 0; i < kDetailCount; ++i) sorted[i] = static_cast<Detail>(i);
  std::sort(sorted.begin(), sorted.end(), [](Detail a, Detail b) { return info(a).column < info(b).column; });
  return sorted;
}();

}  // namespace calcom
