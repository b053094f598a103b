// Joins one event into the facts. Every statement here is a maximum, a minimum, an "or" or an insertion into
// a set, keyed by the event and its stamp alone: that is what makes the merge commutative, associative and
// idempotent. Nothing may read a projection, and nothing may depend on what was there before beyond such a
// join.
#include "core/booking/merge.hpp"

#include <algorithm>
#include <tuple>

#include "core/booking/lifecycle.hpp"

namespace calcom {

namespace {

void keep_newest(std::optional<Stamp>& newest, const Stamp& stamp) {
  if (!newest || *newest < stamp) newest = stamp;
}

void keep_oldest(std::optional<Stamp>& oldest, const Stamp& stamp) {
  if (!oldest || stamp < *oldest) oldest = stamp;
}

// Equal stamps with different content come only from one event that contradicts itself (a person listed
// twice) or from a collision of hashes; comparing the content keeps even these independent of order.
bool less(const Person& a, const Person& b) {
  const auto key = [](const Person& p) { return std::tie(p.email, p.name, p.time_zone, p.locale, p.phone); };
  return key(a) < key(b);
}

Person plain(const Person& listed) {
  Person person = listed;
  person.seat_uid.clear();
  person.no_show.reset();
  return person;
}

void note_write(Facts& facts, const Event& event, const Stamp& stamp) {
  keep_oldest(facts.first, stamp);
  keep_newest(facts.newest, stamp);
  facts.seated |= event.seated;
}

void reach(Facts& facts, Step step) {
  facts.step = std::max(facts.step, step);
  if (step <= Step::kRejected) facts.standing = std::max(facts.standing, step);
}

// Cal.com writes a price of 0 as null in its cancel bodies; that null clears nothing.
bool means_nothing(const Event& event, Detail detail, const Value& value) {
  return event.trigger == Trigger::kBookingCancelled && detail == Detail::kPrice &&
         std::holds_alternative<Null>(value);
}

void write_details(Facts& facts, const Event& event, const Stamp& stamp) {
  for (const auto& [detail, value] : event.details) {
    if (means_nothing(event, detail, value)) continue;
    auto& held = facts.details[static_cast<std::size_t>(detail)];
    if (!held || std::tie(held->stamp, held->value) < std::tie(stamp, value)) held = Register{stamp, value};
  }
}

// In old versions a seat's event lists everybody and gives the seat id of the newcomer only: then the others
// are there, but the event is not about their booking.
bool names_seats(const Event& event) {
  return std::any_of(event.attendees.begin(), event.attendees.end(),
                     [](const Person& one) { return !one.seat_uid.empty(); });
}

void write_person(Seat& seat, const Person& listed, const Stamp& stamp) {
  Person person = plain(listed);
  if (!seat.added || *seat.added < stamp || (*seat.added == stamp && less(seat.person, person)))
    seat.person = std::move(person);
  keep_newest(seat.added, stamp);
}

void write_seat_uid(Seat& seat, const std::string& seat_uid, const Stamp& stamp) {
  const bool newer =
      !seat.seat_uid_stamp || std::tie(*seat.seat_uid_stamp, seat.seat_uid) < std::tie(stamp, seat_uid);
  if (seat_uid.empty() || !newer) return;
  seat.seat_uid = seat_uid;
  seat.seat_uid_stamp = stamp;
}

void add_people(Facts& facts, const Event& event, const Stamp& stamp) {
  const bool confirms = step_of(event) == Step::kAccepted;
  const bool by_seat_uid = names_seats(event);
  for (const Person& person : event.attendees) {
    if (person.email.empty()) continue;
    Seat& seat = facts.seats[person.email];
    write_person(seat, person, stamp);
    write_seat_uid(seat, person.seat_uid, stamp);
    if (by_seat_uid && person.seat_uid.empty()) continue;
    if (confirms) keep_newest(seat.confirmed, stamp);
    if (moves_in_place(event)) continue;  // moved with the booking, not into it
    keep_newest(predecessor_of(event).empty() ? seat.booked : seat.moved_in, stamp);
  }
}

void write_booker(Facts& facts, const Event& event, const Stamp& stamp) {
  const auto first = std::find_if(event.attendees.begin(), event.attendees.end(),
                                  [](const Person& one) { return !one.email.empty(); });
  if (first == event.attendees.end()) return;
  Person person = plain(*first);
  const bool older = !facts.booker_stamp || stamp < *facts.booker_stamp ||
                     (stamp == *facts.booker_stamp && less(person, *facts.booker));
  if (older) facts.booker = std::move(person);
  keep_oldest(facts.booker_stamp, stamp);
}

// A host who asks to reschedule ends the booking for everybody, though the body lists one person only; this
// is the one CANCELLED that is explicit about the whole, so it marks no single place.
void cancel(Facts& facts, const Event& event, const Stamp& stamp) {
  facts.whole_cancel |= event.request_reschedule;
  if (event.request_reschedule) return;
  for (const Person& person : event.attendees)
    if (!person.email.empty()) keep_newest(facts.seats[person.email].cancelled, stamp);
}

void mark_no_shows(Facts& facts, const Event& event, const Stamp& stamp) {
  for (const Person& person : event.attendees) {
    if (person.email.empty() || !person.no_show) continue;
    Seat& seat = facts.seats[person.email];
    const bool newer = !seat.no_show_stamp ||
                       std::tie(*seat.no_show_stamp, *seat.no_show) < std::tie(stamp, *person.no_show);
    if (!newer) continue;
    seat.no_show = person.no_show;
    seat.no_show_stamp = stamp;
  }
}

void keep_link(std::vector<Link>& list, std::string_view uid, const Stamp& stamp) {
  const auto at = std::lower_bound(list.begin(), list.end(), uid,
                                   [](const Link& link, std::string_view key) { return link.uid < key; });
  if (at == list.end() || at->uid != uid)
    list.insert(at, Link{std::string(uid), stamp});
  else
    at->stamp = std::min(at->stamp, stamp);
}

void leave_predecessor(Facts& before, const Event& event, const Stamp& stamp) {
  note_write(before, event, stamp);
  reach(before, Step::kRescheduled);
  keep_link(before.successors, event.uid, stamp);
  const bool by_seat_uid = names_seats(event);
  for (const Person& person : event.attendees)
    if (!person.email.empty() && (!by_seat_uid || !person.seat_uid.empty()))
      keep_newest(before.seats[person.email].moved_out, stamp);
}

}  // namespace

Micros stamp_at(const Event& event, Micros received_at) {
  return std::min(event.created_at.value_or(received_at), received_at + 5 * kMinute);
}

std::uint8_t stamp_rank(Trigger trigger) {
  return effect_of(trigger).rank;
}

std::vector<std::string> touched_uids(const Event& event) {
  if (!effect_of(event.trigger).changes || event.uid.empty()) return {};
  std::vector<std::string> uids{event.uid};
  if (links(event)) uids.emplace_back(predecessor_of(event));
  std::sort(uids.begin(), uids.end());
  return uids;
}

bool links(const Event& event) {
  return !predecessor_of(event).empty();
}

void merge_event(FactsByUid& bookings, const Event& event, Stamp stamp) {
  const Effect effect = effect_of(event.trigger);
  if (!effect.changes || event.uid.empty()) return;
  Facts& facts = bookings[event.uid];
  note_write(facts, event, stamp);
  reach(facts, step_of(event));
  write_details(facts, event, stamp);
  facts.hosts.insert(event.host_emails.begin(), event.host_emails.end());
  if (effect.born) keep_oldest(facts.born, stamp);
  if (moves_in_place(event)) keep_newest(facts.moved, stamp);
  if (effect.lists) {
    add_people(facts, event, stamp);
    write_booker(facts, event, stamp);
  }
  if (event.trigger == Trigger::kBookingCancelled) cancel(facts, event, stamp);
  if (event.trigger == Trigger::kBookingNoShowUpdated) mark_no_shows(facts, event, stamp);
  if (links(event)) {
    keep_link(facts.predecessors, predecessor_of(event), stamp);
    leave_predecessor(bookings[event.reschedule_uid], event, stamp);
  }
}

}  // namespace calcom
