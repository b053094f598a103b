// Which mails a booking owes, and whether a queued one is still true. Both ask the same question of one
// person (why_not), so that a mail can never be owed and untrue at the same moment.
#include <algorithm>

#include "core/base/text.hpp"
#include "core/booking/booking_detail.hpp"
#include "core/booking/merge.hpp"
#include "core/booking/obligation_key.hpp"

namespace calcom {

namespace {

// Of the state alone. Reminders are owed by the clock, too (reminder.cpp).
constexpr std::array kOwed = {MailKind::kConfirmation, MailKind::kRescheduled, MailKind::kCancellation,
                              MailKind::kRequested, MailKind::kRejected};

// In which the organizer is told, too.
constexpr std::array kToldToHost = {MailKind::kConfirmation, MailKind::kRescheduled, MailKind::kCancellation,
                                    MailKind::kRequested};

// Reasons that hold for everybody. A time that ends before it starts counts to its start.
std::string_view why_not_at_all(MailKind kind, const Booking& booking, Micros now) {
  const auto start = instant_of(booking, Detail::kStartTime);
  if (!start) return "start time of the booking is not known";
  if (std::max(*start, instant_of(booking, Detail::kEndTime).value_or(*start)) < now)
    return "booking is over";
  const bool useful_once_begun = kind == MailKind::kConfirmation || kind == MailKind::kRescheduled;
  if (!useful_once_begun && *start <= now) return "booking has begun";
  return {};
}

std::string_view why_not_cancelled(const VisibleAttendee& person, const Booking& booking) {
  if (person.removed) return person.moved_away ? "seat was moved to another time" : "";
  if (booking.status == Step::kCancelled) return {};
  if (booking.status == Step::kRescheduled) return "booking was moved to another time";
  return booking.seated ? "seat is not cancelled" : "booking is not cancelled";
}

std::string_view why_not_standing(const VisibleAttendee& person, const Booking& booking) {
  if (person.removed) return person.moved_away ? "seat was moved to another time" : "seat was cancelled";
  switch (booking.status) {
    case Step::kPlaceholder:
      return "booking is only known from others";
    case Step::kPending:
      return "booking is not accepted yet";
    case Step::kRejected:
      return "booking was rejected";
    case Step::kCancelled:
      return "booking was cancelled";
    case Step::kRescheduled:
      return "booking was moved to another time";
    case Step::kAccepted:
      break;
  }
  return person.pending ? "seat is not accepted yet" : "";
}

// A booking that waits for its payment waits for nobody's word: Cal.com asks the host once it is paid. Whose
// seat is paid cannot be told from the booking, so a paid type's seats are never told of a request.
bool unpaid(const Booking& booking) {
  const auto holds = [&](Detail detail, const Value& value) {
    return booking.details[static_cast<std::size_t>(detail)] == value;
  };
  if (holds(Detail::kPaymentId, Null{})) return false;
  return booking.seated || !holds(Detail::kPaid, true);
}

std::string_view why_not_requested(const VisibleAttendee& person, const Booking& booking) {
  if (person.removed) return person.moved_away ? "seat was moved to another time" : "seat was cancelled";
  if (booking.status == Step::kAccepted && !person.pending) return "booking is accepted already";
  if (booking.status != Step::kAccepted && booking.status != Step::kPending)
    return why_not_standing(person, booking);
  return unpaid(booking) ? "booking is not paid yet" : "";
}

std::string_view why_not_rejected(const VisibleAttendee& person, const Booking& booking) {
  if (booking.status != Step::kRejected) return "booking is not rejected";
  if (person.removed) return person.moved_away ? "seat was moved to another time" : "seat was cancelled";
  return {};
}

// Why `person` is not owed a mail of this kind; empty when it is owed.
std::string_view why_not(MailKind kind, const VisibleAttendee& person, const Booking& booking) {
  if (!is_mailable(person.person.email)) return "recipient has no address to mail to";
  if (kind == MailKind::kCancellation) return why_not_cancelled(person, booking);
  if (kind == MailKind::kRequested) return why_not_requested(person, booking);
  if (kind == MailKind::kRejected) return why_not_rejected(person, booking);
  if (const auto reason = why_not_standing(person, booking); !reason.empty()) return reason;
  if (kind == MailKind::kConfirmation && person.moved_here) return "booking was moved to another time";
  if (kind == MailKind::kRescheduled && !person.moved_here) return "booking was not moved";
  return {};
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

// The organizer in the place of a person of whom all holds that holds of the booking.
VisibleAttendee host_of(const Booking& booking) {
  VisibleAttendee host;
  host.person.email = text_of(booking, Detail::kOrganizerEmail);
  host.moved_here = booking.moved_in_place || !booking.rescheduled_from_uid.empty();
  return host;
}

std::string host_key(MailKind kind, const Booking& booking, const VisibleAttendee& host, Micros start) {
  std::string key(mail_kind_name(kind));
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
  std::string key(mail_kind_name(kind));
  key += '/';
  append_escaped(key, uid);
  key += '/';
  append_escaped(key, what);
  if (start) key += '@' + std::to_string(*start);
  key += '/';
  key += recipient;
  return key;
}

std::string_view mail_kind_name(MailKind kind) {
  switch (kind) {
    case MailKind::kConfirmation:
      return "confirmation";
    case MailKind::kRescheduled:
      return "rescheduled";
    case MailKind::kCancellation:
      return "cancellation";
    case MailKind::kRequested:
      return "requested";
    case MailKind::kRejected:
      return "rejected";
    case MailKind::kReminder:
      return "reminder";
  }
  return "confirmation";
}

std::optional<MailKind> mail_kind(std::string_view name) {
  const auto* const found = std::find_if(kMailKinds.begin(), kMailKinds.end(),
                                         [&](MailKind kind) { return mail_kind_name(kind) == name; });
  return found == kMailKinds.end() ? std::nullopt : std::optional(*found);
}

std::vector<Obligation> obligations(const Booking& booking, Micros now) {
  std::vector<Obligation> owed;
  const auto start = instant_of(booking, Detail::kStartTime);
  for (const MailKind kind : kOwed) {
    if (!start || !why_not_at_all(kind, booking, now).empty()) continue;
    for (const VisibleAttendee& person : booking.attendees)
      if (why_not(kind, person, booking).empty())
        owed.push_back({kind, booking.uid, person.person.email, key_of(kind, booking, person, *start),
                        Instant{*start}, instant_of(booking, Detail::kEndTime)});
  }
  return owed;
}

std::vector<Obligation> host_obligations(const Booking& booking, Micros now) {
  std::vector<Obligation> owed;
  const auto start = instant_of(booking, Detail::kStartTime);
  const VisibleAttendee host = host_of(booking);
  for (const MailKind kind : kToldToHost)
    if (start && is_host_copy(kind, host.person.email, booking) &&
        why_not_at_all(kind, booking, now).empty() && why_not(kind, host, booking).empty())
      owed.push_back({kind, booking.uid, host.person.email, host_key(kind, booking, host, *start),
                      Instant{*start}, instant_of(booking, Detail::kEndTime)});
  return owed;
}

bool is_host_copy(MailKind kind, std::string_view recipient, const Booking& booking) {
  const bool told = std::find(kToldToHost.begin(), kToldToHost.end(), kind) != kToldToHost.end();
  return told && recipient == host_of(booking).person.email && attendee_of(booking, recipient) == nullptr;
}

std::string why_untrue(MailKind kind, std::string_view recipient, Instant start_time, const Booking& booking,
                       Micros now) {
  const VisibleAttendee host = host_of(booking);
  const VisibleAttendee* person =
      is_host_copy(kind, recipient, booking) ? &host : attendee_of(booking, recipient);
  if (person == nullptr) return "recipient is not an attendee any more";
  if (const auto reason = why_not(kind, *person, booking); !reason.empty()) return std::string(reason);
  const bool invites = kind != MailKind::kCancellation && kind != MailKind::kRejected;
  const auto start = instant_of(booking, Detail::kStartTime);
  if (invites && start && *start != start_time.at) return "booking was moved to another time";
  return std::string(why_not_at_all(kind, booking, now));
}

}  // namespace calcom
