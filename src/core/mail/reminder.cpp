// See reminder.hpp.
#include "core/mail/reminder.hpp"

#include <algorithm>

#include "core/booking/booking_detail.hpp"
#include "core/booking/obligation_key.hpp"

namespace calcom {

std::optional<Micros> standing_since(const Facts& facts, std::string_view email) {
  const auto seat = facts.seats.find(std::string(email));
  if (seat == facts.seats.end()) return std::nullopt;
  const auto& word = seat->second.confirmed ? seat->second.confirmed : seat->second.added;
  if (!word) return std::nullopt;
  return facts.moved ? std::max(word->at, facts.moved->at) : word->at;
}

std::vector<Obligation> due_reminders(const ReminderRule& rule, const Facts& facts, const Booking& booking,
                                      Micros now) {
  std::vector<Obligation> reminders;
  const auto* start = detail_of<Instant>(booking, Detail::kStartTime);
  if (start == nullptr) return reminders;
  const Micros due = start->at - rule.before;
  if (due > now || due <= rule.enabled_at) return reminders;
  for (const VisibleAttendee& person : booking.attendees) {
    const std::string& recipient = person.person.email;
    if (why_untrue(MailKind::kReminder, recipient, *start, booking, now)) continue;
    const auto since = standing_since(facts, recipient);
    if (!since || *since >= due) continue;
    reminders.push_back({MailKind::kReminder, booking.uid, recipient,
                         obligation_key(MailKind::kReminder, booking.uid, rule.name, start->at, recipient),
                         *start, instant_of(booking, Detail::kEndTime), rule.name, false, due});
  }
  return reminders;
}

ReminderHorizon clamped(ReminderHorizon horizon, const ReminderRule& rule, Micros now) {
  for (Micros* one : {&horizon.looked, &horizon.settled, &horizon.marked})
    *one = std::min(*one, now + rule.before);
  return horizon;
}

ReminderHorizon advanced(ReminderHorizon horizon, Micros until, RunningXids running) {
  // Above every transaction there is: set in another cluster, whose dump was restored here. It is set again.
  const bool foreign = horizon.marked_xid > running.next;
  if (foreign || horizon.marked_xid <= running.oldest) {
    if (!foreign) horizon.settled = std::max(horizon.settled, horizon.marked);
    horizon.marked = std::max(horizon.looked, until);
    horizon.marked_xid = running.next;
  }
  horizon.looked = std::max(horizon.looked, until);
  return horizon;
}

}  // namespace calcom
