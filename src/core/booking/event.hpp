// What one request body of Cal.com says, in our words. Made by parse_event (payload.cpp) from bytes alone;
// consumed by the merge. Shapes and meanings: docs/lifecycle.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/value.hpp"
#include "core/booking/detail.hpp"

namespace calcom {

enum class Trigger : std::uint8_t {
  kNone,  // the body names no trigger: a custom template, the zapier shape, or not an object at all
  kPing,
  kBookingCreated,
  kBookingRequested,
  kBookingRescheduled,
  kBookingCancelled,
  kBookingRejected,
  kBookingPaymentInitiated,
  kBookingPaid,
  kBookingNoShowUpdated,
  kBookingLocationUpdated,
  kBookingReassigned,
  kMeetingStarted,
  kMeetingEnded,
  kRecordingReady,
  kRecordingTranscriptionGenerated,
  kAfterHostsNoShow,
  kAfterGuestsNoShow,
  kInstantMeeting,
  kInstantMeetingAccepted,
  kOutOfOfficeCreated,
  kFormSubmitted,
  kFormSubmittedNoEvent,
  kRoutingFormFallbackHit,
  kWrongAssignmentReport,
  kDelegationCredential,  // all four of them: no booking in any
  kUnknown,               // a trigger that this version does not know
};

// "BOOKING_CREATED" → kBookingCreated; anything not in Cal.com's list → kUnknown; empty → kNone.
Trigger trigger_from_name(std::string_view name);

struct Person {
  std::string email;  // lower-cased, trimmed; the key of a person within a booking. May be empty: then nobody
  std::string name;
  std::string time_zone;  // as sent: IANA name, an old alias or junk
  std::string locale;
  std::string phone;
  std::string seat_uid;         // Cal.com's attendeeSeatId, when the event carries one
  std::optional<bool> no_show;  // only NO_SHOW events and raw database rows carry it
  friend bool operator==(const Person&, const Person&) = default;
};

struct Event {
  Trigger trigger = Trigger::kNone;
  std::string trigger_name;  // as sent, cut to 100 bytes
  std::string uid;           // payload.uid, payload.bookingUid, payload.booking.uid, root uid; may be empty
  std::optional<Micros> created_at;  // the envelope's createdAt: the time of sending, not a version
  std::string status;                // payload.status as sent

  std::vector<std::pair<Detail, Value>> details;  // in Detail's order, each at most once

  bool carries_attendees = false;        // `attendees` was there as an array (perhaps empty)
  std::vector<Person> attendees;         // in order; organizer and team members are taken out already
  std::vector<std::string> host_emails;  // organizer and team.members, lower-cased, sorted, unique

  std::string reschedule_uid;  // the predecessor
  bool seated = false;         // seatsPerTimeSlot is there and not null, or a seat id was carried
  bool request_reschedule = false;

  std::vector<std::string> warnings;  // fields of a wrong type or out of range that were left out, by path
};

// What the whole body is, decided before any booking is looked at.
enum class Meaning : std::uint8_t {
  kMerge,   // has a uid and a trigger about a booking
  kIgnore,  // authentic and fine, but changes no booking (PING, unknown trigger, no uid where none is due)
  kDead,    // somebody must act: not JSON, a custom template, a booking event without a uid
};

struct Parsed {
  Meaning meaning = Meaning::kDead;
  std::string reason;  // lower case, for kIgnore and kDead; says what to do where something can be done
  Event event;
};

// Never fails on any bytes; throws std::bad_alloc only. Does not look at Content-Type: JSON is tried first.
Parsed parse_event(std::string_view body);

// One JSON object, keys in a fixed order, for calcom_parse_payload: trigger, meaning, reason, uid,
// created_at, …
std::string describe_json(const Parsed& parsed);

// One JSON object with the columns that this event alone would give a booking, for calcom_extract_booking.
std::string extract_booking_json(const Parsed& parsed);

}  // namespace calcom
