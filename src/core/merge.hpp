// The heart: one event joined into the bookings it speaks of. Commutative, associative, idempotent over
// stored log rows; status, visible attendees and owed mails are projections of the joined facts
// (docs/lifecycle.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/booking.hpp"
#include "core/event.hpp"

namespace calcom {

using FactsByUid = std::map<std::string, Facts, std::less<>>;

// least(createdAt, received_at + 5 min), fixed when the event is stored; received_at when the body carries
// none.
Micros stamp_at(const Event& event, Micros received_at);

// The uids whose rows must be at hand (and locked) before merge_event, sorted bytewise, unique.
std::vector<std::string> touched_uids(const Event& event);

// True when the event links two bookings: then the account's link lock and the whole chain are needed.
bool links(const Event& event);

// Joins the event into `bookings` (touched uids that are not there yet come into being).
void merge_event(FactsByUid& bookings, const Event& event, Stamp stamp);

// Projects every row; `chain` must hold all rows reachable over links from the rows of interest.
std::map<std::string, Booking, std::less<>> project_chain(const FactsByUid& chain);

enum class MailKind : std::uint8_t { kConfirmation, kRescheduled, kCancellation };
std::string_view mail_kind_name(MailKind kind);  // "confirmation", "rescheduled", "cancellation"

// A mail that the state owes. Equal keys are one mail for ever: the outbox inserts ON CONFLICT DO NOTHING.
struct Obligation {
  MailKind kind;
  std::string uid;
  std::string recipient;
  std::string key;     // "<kind>/<uid>/<what distinguishes>/<recipient>"
  Instant start_time;  // the start that the mail speaks of: truth at send time compares it
  friend bool operator==(const Obligation&, const Obligation&) = default;
};

// What `booking` owes its people at `now`. A booking that is already over owes nothing. Never owed to hosts,
// to
// *@sms.cal.com, to empty addresses. Placeholders owe nothing.
std::vector<Obligation> obligations(const Booking& booking, Micros now);

// Is the mail still true of the booking as it stands at `now`? Empty when it is, else the reason it is
// skipped.
std::string why_untrue(MailKind kind, std::string_view recipient, Instant start_time, const Booking& booking,
                       Micros now);

}  // namespace calcom
