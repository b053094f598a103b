// Calendar files (RFC 5545) that invite and take back (RFC 5546). A calendar program knows an event by its
// UID, so an invitation, its changes and its end carry the same one, with a SEQUENCE that only rises.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/value.hpp"

namespace calcom {

enum class IcsMethod : std::uint8_t { kRequest, kCancel };
std::string_view ics_method_name(IcsMethod method);  // "REQUEST", "CANCEL"

inline constexpr std::int64_t kMaxSequence = 2'147'483'647;  // an INTEGER of RFC 5545

struct CalendarEvent {
  IcsMethod method = IcsMethod::kRequest;
  std::string uid;
  std::int64_t sequence = 0;
  Micros stamp = 0;  // when the file was made
  Micros start = 0;
  std::optional<Micros> end;  // one that is not after the start is left out
  std::string summary, description, location, url;
  std::string organizer_name, organizer_email;
  std::string attendee_name, attendee_email;
};

// The payload's own, else the one that Cal.com gives: of the first booking of a chain of reschedules.
std::string calendar_uid(std::string_view payload_uid, std::string_view root_uid);

// The file, lines ended by CR LF. Empty where no valid one can be made: no UID, or an organizer or attendee
// without an address.
std::string compose_ics(const CalendarEvent& event);

inline constexpr std::string_view kIcsFilename = "invite.ics";
std::string ics_content_type(IcsMethod method);  // its method must be that of the file

std::string basic_utc(Micros at);  // "20261125T070000Z"

}  // namespace calcom
