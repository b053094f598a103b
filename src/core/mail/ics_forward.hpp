// The calendar file that Cal.com made for an attendee, judged before it is passed on in place of ours.
// Cal.com knows more of the event than we do, so its file is the better one; but it was made at another time,
// perhaps for another person, and holds what strangers typed. Whatever is not certain means that ours is
// made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/value.hpp"
#include "core/mail/ics.hpp"

namespace calcom {

// What the mail says that brings the file: the file must say the same, of this recipient and nobody else.
struct ForwardTruth {
  IcsMethod method = IcsMethod::kRequest;
  std::string uid;  // the one that a file of ours would have
  Micros start = 0;
  std::optional<Micros> end;
  std::string recipient, organizer;  // addresses
  bool hide_organizer = false;       // then the organizer's address must not be in it
  // Addresses (and of seated bookings names) of others: a file in which one of them stands is not passed on.
  std::vector<std::string> strangers;
};

struct ForwardFile {
  std::string text;           // the same lines, ended and folded as RFC 5545 wants it
  std::int64_t sequence = 0;  // 0 where it has none
};

struct NotForwarded {
  std::string_view reason;
};

std::variant<ForwardFile, NotForwarded> forward_ics(std::string_view file, const ForwardTruth& truth);

}  // namespace calcom
