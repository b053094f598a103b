// Facts to booking. Here, and only here, it is decided which of the readings kept by the merge holds: a
// CANCELLED or a move ends the whole booking when it is not seated, and the listed people's places when it
// is.
#include "core/booking/project.hpp"

#include <algorithm>

namespace calcom {

namespace {

// The newest end of a person's place, empty if there was none.
std::optional<Stamp> out_since(const Seat& seat) {
  return std::max(seat.cancelled, seat.moved_out);  // an empty optional is less than any
}

// At equal stamps the end wins: it is the same event that says both.
bool is_out(const Seat& seat) {
  const auto out = out_since(seat);
  return out && !(seat.added > out);
}

bool since(const std::optional<Stamp>& stamp, const std::optional<Stamp>& begin) {
  return stamp && stamp > begin;
}

// The end that counts is the one that ended the newest stay. A cancel after or before the move away does not
// make the person's new place elsewhere untrue.
bool left_by_move(const Seat& seat) {
  return seat.moved_out && seat.moved_out > seat.added;
}

// Moved into this stay, unless the stay was booked here: then a move only listed a person who was there.
bool arrived_by_move(const Seat& seat) {
  return since(seat.moved_in, out_since(seat)) && !since(seat.booked, out_since(seat));
}

bool moved_with_all(const Facts& facts, const Seat& seat) {
  return facts.moved && facts.moved > std::max(seat.booked, seat.moved_in);
}

bool is_host(const Facts& facts, const std::string& email) {
  return facts.hosts.count(email) != 0;
}

// No attendee is left: at least one was known, and the newest write of each is an end. People who are only known to
// have moved away are no word about who else is there.
bool everybody_out(const Facts& facts) {
  bool heard = false;
  for (const auto& [email, seat] : facts.seats) {
    if (is_host(facts, email) || (!seat.added && !seat.cancelled)) continue;
    if (!is_out(seat)) return false;
    heard = true;
  }
  return heard;
}

Step status_of(const Facts& facts) {
  if (!facts.seated) return facts.step;
  return facts.whole_cancel || everybody_out(facts) ? Step::kCancelled : facts.standing;
}

VisibleAttendee attendee(const Facts& facts, const Seat& seat) {
  VisibleAttendee one;
  one.person = seat.person;
  one.person.seat_uid = seat.seat_uid;
  one.person.no_show = seat.no_show;
  one.stage = seat.seat_uid;
  if (!facts.seated) {
    one.moved_here = facts.moved || !facts.predecessors.empty();
    return one;
  }
  one.removed = is_out(seat);
  if (one.removed) {
    one.removed_at = out_since(seat)->at;
    one.moved_away = left_by_move(seat);
  } else {
    one.moved_here = arrived_by_move(seat) || moved_with_all(facts, seat);
    one.pending = !since(seat.confirmed, out_since(seat));
  }
  return one;
}

// A seat's CANCELLED carries its reason in the booking's fields; a booking that lives on was not cancelled.
bool of_a_seat_only(Detail detail, const Booking& booking) {
  const bool of_a_cancel = detail == Detail::kCancellationReason || detail == Detail::kCancelledBy;
  return of_a_cancel && booking.status != Step::kCancelled;
}

// Everybody who holds a seat may read the booking, and must not learn from it who else does: neither by what
// was written while it was not known to be seated, nor by the address of a guest who moved or cancelled.
bool tells_of_a_guest(Detail detail, const Value& value, const Facts& facts) {
  switch (detail) {
    case Detail::kAdditionalNotes:
    case Detail::kResponses:
    case Detail::kMetadata:
      return true;
    case Detail::kCancelledBy:
    case Detail::kRescheduledBy: {
      const auto* address = std::get_if<std::string>(&value);
      return address != nullptr && !is_host(facts, *address);
    }
    default:
      return false;
  }
}

bool hidden(Detail detail, const Value& value, const Facts& facts, const Booking& booking) {
  return booking.seated && (of_a_seat_only(detail, booking) || tells_of_a_guest(detail, value, facts));
}

void project_details(const Facts& facts, Booking& booking) {
  for (std::size_t i = 0; i < kDetailCount; ++i) {
    const auto& held = facts.details[i];
    if (held && !hidden(static_cast<Detail>(i), held->value, facts, booking))
      booking.details[i] = held->value;
  }
  // Cal.com's title of a seated booking names the guest who booked last ("... between Zoe and Ana").
  const Value& event_title = booking.details[static_cast<std::size_t>(Detail::kEventTitle)];
  if (booking.seated && std::holds_alternative<std::string>(event_title))
    booking.details[static_cast<std::size_t>(Detail::kTitle)] = event_title;
}

// Where the booking went, by the newest word. A seated booking that lives on went nowhere.
std::string successor(const Facts& facts, Step status) {
  if (facts.successors.empty() || (facts.seated && status != Step::kCancelled)) return {};
  return std::max_element(facts.successors.begin(), facts.successors.end(),
                          [](const Link& a, const Link& b) { return a.stamp < b.stamp; })
      ->uid;
}

}  // namespace

std::string_view parent_uid(const Facts& facts) {
  if (facts.predecessors.empty()) return {};
  const auto oldest = std::min_element(facts.predecessors.begin(), facts.predecessors.end(),
                                       [](const Link& a, const Link& b) { return a.stamp < b.stamp; });
  const bool own_start = facts.seated && facts.born && *facts.born < oldest->stamp;
  return own_start ? std::string_view() : std::string_view(oldest->uid);
}

Booking project(std::string_view uid, const Facts& facts) {
  Booking booking;
  booking.uid = uid;
  booking.status = status_of(facts);
  booking.seated = facts.seated;
  booking.moved_in_place = facts.moved.has_value();
  project_details(facts, booking);
  if (facts.booker && !facts.seated && !is_host(facts, facts.booker->email)) {
    booking.attendee_name = facts.booker->name;
    booking.attendee_email = facts.booker->email;
    booking.attendee_time_zone = facts.booker->time_zone;
  }
  for (const auto& [email, seat] : facts.seats)
    if (seat.added && !is_host(facts, email)) booking.attendees.push_back(attendee(facts, seat));
  booking.rescheduled_from_uid = parent_uid(facts);
  booking.rescheduled_to_uid = successor(facts, booking.status);
  if (facts.first) booking.created_at = facts.first->at;
  return booking;
}

}  // namespace calcom
