// A calendar file taken apart, as far as it must be known to be passed on (ics_forward.hpp): one event in
// UTC, no series. What is anything else, or not well-formed, is refused as a whole. Internal to core.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/value.hpp"

namespace calcom {

inline constexpr std::size_t kMaxIcsFile = 32 * 1'024;  // bytes

struct IcsContents {
  std::vector<std::string> lines;  // unfolded
  std::string method, uid, status;
  std::string organizer;               // addresses in normal form
  std::vector<std::string> attendees;  //
  Micros start = 0;
  std::optional<Micros> end;
  std::int64_t sequence = 0;  // 0 where none stands
};

std::variant<IcsContents, std::string_view> read_ics(std::string_view file);  // else why it is refused

std::string ics_unescaped(std::string_view text);

}  // namespace calcom
