// Lists the mails that a booking owes, and checks whether a queued mail is still true. Both use why_not(),
// so a mail is never owed and untrue at the same moment.
#include <algorithm>

#include "core/base/text.hpp"
#include "core/booking/booking_detail.hpp"
#include "core/booking/merge.hpp"
#include "core/booking/obligation_key.hpp"

namespace calcom {

namespace {

// Kinds that depend on the booking's state alone. Reminders also depend on the time (reminder.cpp).
constexpr std::array kOwed = {MailKind::kConfirmation, MailKind::kRescheduled, MailKind::kCancellation,
                              MailKind::kRequested, MailKind::kRejected};

// Kinds of which the organizer gets a copy.
constexpr std::array kHostKinds = {MailKind::kConfirmation, MailKind::kRescheduled, MailKind::kCancellation,
                                   MailKind::kRequested};

std::optional<MailCause> cause_if(bool holds, MailCause cause) {
  return holds ? std::optional(cause) : std::nullopt;
}

// Causes that apply to every recipient. If the end is before the start, the start is used as the end.
std::optional<MailCause> why_not_at_all(MailKind kind, const Booking& booking, Micros now) {
  const auto start = instant_of(booking, Detail::kStartTime);
  if (!start) return MailCause::kStartUnknown;
  if (std::max(*start, instant_of(booking, Detail::kEndTime).value_or(*start)) < now)
    return MailCause::kBookingOver;
  const bool useful_once_begun = kind == MailKind::kConfirmation || kind == MailKind::kRescheduled;
  if (!useful_once_begun && *start <= now) return MailCause::kBookingBegun;
  return std::nullopt;
}

std::optional<MailCause> why_not_cancelled(const VisibleAttendee& person, const Booking& booking) {
  if (person.removed) return cause_if(person.moved_away, MailCause::kSeatMoved);
  if (booking.status == Step::kCancelled) return std::nullopt;
  if (booking.status == Step::kRescheduled) return MailCause::kBookingMoved;
  return booking.seated ? MailCause::kSeatNotCancelled : MailCause::kBookingNotCancelled;
}

std::optional<MailCause> why_not_standing(const VisibleAttendee& person, const Booking& booking) {
  if (person.removed) return person.moved_away ? MailCause::kSeatMoved : MailCause::kSeatCancelled;
  switch (booking.status) {
    case Step::kPlaceholder:
      return MailCause::kBookingPlaceholder;
    case Step::kPending:
      return MailCause::kBookingPending;
    case Step::kRejected:
      return MailCause::kBookingRejected;
    case Step::kCancelled:
      return MailCause::kBookingCancelled;
    case Step::kRescheduled:
      return MailCause::kBookingMoved;
    case Step::kAccepted:
      break;
  }
  return cause_if(person.pending, MailCause::kSeatPending);
}

// True if the booking waits for a payment: Cal.com asks the host to confirm only after the payment. A booking
// does not show which seats are paid. So a seated booking with a payment always counts as unpaid.
bool unpaid(const Booking& booking) {
  const auto holds = [&](Detail detail, const Value& value) {
    return booking.details[static_cast<std::size_t>(detail)] == value;
  };
  if (holds(Detail::kPaymentId, Null{})) return false;
  return booking.seated || !holds(Detail::kPaid, true);
}

std::optional<MailCause> why_not_requested(const VisibleAttendee& person, const Booking& booking) {
  if (person.removed) return person.moved_away ? MailCause::kSeatMoved : MailCause::kSeatCancelled;
  if (booking.status == Step::kAccepted && !person.pending) return MailCause::kBookingAccepted;
  if (booking.status != Step::kAccepted && booking.status != Step::kPending)
    return why_not_standing(person, booking);
  return cause_if(unpaid(booking), MailCause::kBookingUnpaid);
}

std::optional<MailCause> why_not_rejected(const VisibleAttendee& person, const Booking& booking) {
  if (booking.status != Step::kRejected) return MailCause::kBookingNotRejected;
  if (person.removed) return person.moved_away ? MailCause::kSeatMoved : MailCause::kSeatCancelled;
  return std::nullopt;
}

// Why `person` is not owed a mail of this kind; nullopt: it is owed.
std::optional<MailCause> why_not(MailKind kind, const VisibleAttendee& person, const Booking& booking) {
  if (!is_mailable(person.person.email)) return MailCause::kRecipientUnmailable;
  if (kind == MailKind::kCancellation) return why_not_cancelled(person, booking);
  if (kind == MailKind::kRequested) return why_not_requested(person, booking);
  if (kind == MailKind::kRejected) return why_not_rejected(person, booking);
  if (const auto cause = why_not_standing(person, booking)) return cause;
  if (kind == MailKind::kConfirmation && person.moved_here) return MailCause::kBookingMoved;
  if (kind == MailKind::kRescheduled && !person.moved_here) return MailCause::kBookingNotMoved;
  return std::nullopt;
}

void append_escaped(std::string& key, std::string_view part) {
  for (const char c : part) {
    if (c == '%')
      key += "%25";
    else if (c == '/')
      key += "%2F";
    else if (c == '@')
      key += "%40";
    else
      key += c;
  }
}

std::string key_of(MailKind kind, const Booking& booking, const VisibleAttendee& person, Micros start) {
  const auto at = kind == MailKind::kRescheduled ? std::optional(start) : std::nullopt;
  return obligation_key(kind, booking.uid, person.stage, at, person.person.email);
}

// The organizer as an attendee to whom the state of the whole booking applies.
VisibleAttendee host_of(const Booking& booking) {
  VisibleAttendee host;
  host.person.email = text_of(booking, Detail::kOrganizerEmail);
  host.moved_here = booking.moved_in_place || !booking.rescheduled_from_uid.empty();
  return host;
}

std::string host_key(MailKind kind, const Booking& booking, const VisibleAttendee& host, Micros start) {
  std::string key(name(kind));
  key += '/';
  append_escaped(key, booking.uid);
  key += "/@host";
  if (kind == MailKind::kRescheduled) key += '@' + std::to_string(start);
  return key + '/' + host.person.email;
}

const VisibleAttendee* attendee_of(const Booking& booking, std::string_view email) {
  const auto found = std::find_if(booking.attendees.begin(), booking.attendees.end(),
                                  [&](const VisibleAttendee& one) { return one.person.email == email; });
  return found == booking.attendees.end() ? nullptr : &*found;
}

}  // namespace

std::string obligation_key(MailKind kind, std::string_view uid, std::string_view what,
                           std::optional<Micros> start, std::string_view recipient) {
  std::string key(name(kind));
  key += '/';
  append_escaped(key, uid);
  key += '/';
  append_escaped(key, what);
  if (start) key += '@' + std::to_string(*start);
  key += '/';
  key += recipient;
  return key;
}

std::vector<Obligation> obligations(const Booking& booking, Micros now) {
  std::vector<Obligation> owed;
  const auto start = instant_of(booking, Detail::kStartTime);
  for (const MailKind kind : kOwed) {
    if (!start || why_not_at_all(kind, booking, now)) continue;
    for (const VisibleAttendee& person : booking.attendees)
      if (!why_not(kind, person, booking))
        owed.push_back({kind, booking.uid, person.person.email, key_of(kind, booking, person, *start),
                        Instant{*start}, instant_of(booking, Detail::kEndTime)});
  }
  return owed;
}

std::vector<Obligation> host_obligations(const Booking& booking, Micros now) {
  std::vector<Obligation> owed;
  const auto start = instant_of(booking, Detail::kStartTime);
  const VisibleAttendee host = host_of(booking);
  for (const MailKind kind : kHostKinds)
    if (start && is_host_copy(kind, host.person.email, booking) && !why_not_at_all(kind, booking, now) &&
        !why_not(kind, host, booking))
      owed.push_back({kind,
                      booking.uid,
                      host.person.email,
                      host_key(kind, booking, host, *start),
                      Instant{*start},
                      instant_of(booking, Detail::kEndTime),
                      {},
                      true});
  return owed;
}

bool is_host_copy(MailKind kind, std::string_view recipient, const Booking& booking) {
  const bool copied = std::find(kHostKinds.begin(), kHostKinds.end(), kind) != kHostKinds.end();
  return copied && recipient == host_of(booking).person.email && attendee_of(booking, recipient) == nullptr;
}

std::optional<MailCause> why_untrue(MailKind kind, std::string_view recipient, Instant start_time,
                                    const Booking& booking, Micros now) {
  const VisibleAttendee host = host_of(booking);
  const VisibleAttendee* person =
      is_host_copy(kind, recipient, booking) ? &host : attendee_of(booking, recipient);
  if (person == nullptr) return MailCause::kRecipientRemoved;
  if (const auto cause = why_not(kind, *person, booking)) return cause;
  const bool invites = kind != MailKind::kCancellation && kind != MailKind::kRejected;
  const auto start = instant_of(booking, Detail::kStartTime);
  if (invites && start && *start != start_time.at) return MailCause::kBookingMoved;
  return why_not_at_all(kind, booking, now);
}

}  // namespace calcom
