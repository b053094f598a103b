// Joins one event into the bookings that it is about. Commutative, associative, idempotent over
// stored log rows; status, visible attendees and owed mails are projections of the joined facts
// (docs/lifecycle.md).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/booking/booking.hpp"
#include "core/booking/event.hpp"
#include "core/booking/mail_cause.hpp"

namespace calcom {

using FactsByUid = std::map<std::string, Facts, std::less<>>;

// least(createdAt, received_at + 5 min), fixed when the event is stored; received_at when the body carries
// none.
Micros stamp_at(const Event& event, Micros received_at);

// The rank of a Stamp: which of two events of the same instant counts as the later one.
std::uint8_t stamp_rank(Trigger trigger);

// The uids whose rows must be at hand (and locked) before merge_event, sorted bytewise, unique. None: the
// event changes no booking (MEETING_*, RECORDING_*, …) and merge_event does nothing.
std::vector<std::string> touched_uids(const Event& event);

// True when the event links two bookings: then the account's link lock and the whole chain are needed.
bool links(const Event& event);

// Joins the event into `bookings` (touched uids that are not there yet come into being).
void merge_event(FactsByUid& bookings, const Event& event, Stamp stamp);

// Projects every row; `chain` must hold all rows reachable over links from the rows of interest, else a
// parent that is missing is taken for the root. Roots change with an event that links, and in one case
// without: a late CREATED may show that a seated booking was booked before anybody moved into it. Then its
// rescheduled_from_uid changes. As long as that stays, a row projected alone keeps the root_uid that it had.
std::map<std::string, Booking, std::less<>> project_chain(const FactsByUid& chain);

enum class MailKind : std::uint8_t {
  kConfirmation,
  kRescheduled,
  kCancellation,
  kRequested,
  kRejected,
  kReminder
};
inline constexpr std::array kMailKinds = {MailKind::kConfirmation, MailKind::kRescheduled,
                                          MailKind::kCancellation, MailKind::kRequested,
                                          MailKind::kRejected,     MailKind::kReminder};
template <>
struct Words<MailKind> {
  static constexpr auto list = std::to_array<std::string_view>(
      {"confirmation", "rescheduled", "cancellation", "requested", "rejected", "reminder"});
  static constexpr auto kLast = MailKind::kReminder;
};

// A mail that the state owes. Equal keys are one mail, forever: the outbox inserts ON CONFLICT DO NOTHING.
//
//   key   = kind "/" uid "/" what "/" recipient
//   what  = stage                  of confirmation, cancellation, requested and rejected
//         | stage "@" start        of rescheduled; start in microseconds since 1970
//         | rule "@" start         of reminder (reminder.hpp)
//         | "@host" ["@" start]   of a copy to the host; start as above
//   stage = the seat uid of the person's stay, empty where Cal.com names none
//
// '%', '/' and '@' inside uid and stage are percent-encoded. No stamp is part of a key: overlapping
// subscriptions send bodies that differ only in createdAt. Of a time that a booking goes back to, the key of
// the rescheduled mail ends with "/after/" and the id of the mail that named another time
// (pg/merge_apply.cpp).
struct Obligation {
  MailKind kind;
  std::string uid;
  std::string recipient;
  std::string key;                 // "<kind>/<uid>/<what distinguishes>/<recipient>"
  Instant start_time;              // the start named by the mail; compared before sending
  std::optional<Micros> end_time;  // a mail of another end is news, though not untrue
  std::string rule{};              // of a reminder: the name of its rule
  bool is_host_copy = false;       // goes to the organizer
  Micros due = 0;                  // of a reminder: when it is to be sent
  friend bool operator==(const Obligation&, const Obligation&) = default;
};

// What `booking` owes its people at `now`: a confirmation or, to who was moved, a rescheduled mail where a
// place stands accepted; a requested mail where it waits for the host's word, but not where it waits for a
// payment; a rejected or cancelled mail where it ended so. Nothing for a booking that is over or whose start
// is not known, for placeholders and rescheduled bookings (the successor's mail speaks). Never to hosts, to
// *@sms.cal.com or to what does not look like an address.
std::vector<Obligation> obligations(const Booking& booking, Micros now);

// The copies that `booking` owes its organizer at `now`, by the same rules. Of a seated booking he hears once
// that it is booked, moved or off, not of each seat; of what he did himself (rejected) he hears nothing.
std::vector<Obligation> host_obligations(const Booking& booking, Micros now);

// True when a mail of this kind to this recipient is the organizer's copy.
bool is_host_copy(MailKind kind, std::string_view recipient, const Booking& booking);

// Why the mail is not true of the booking at `now`; nullopt: it is true. The start is compared where the mail
// invites to it; a cancellation or rejection stays true whatever the start is now.
std::optional<MailCause> why_untrue(MailKind kind, std::string_view recipient, Instant start_time,
                                    const Booking& booking, Micros now);

}  // namespace calcom
