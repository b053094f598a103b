// The state of a booking: the facts (a join of everything heard, what merge works on) and the projection
// (what people see). Facts only grow in a semilattice; the projection is a pure function of them and never an
// input.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/value.hpp"
#include "core/base/words.hpp"
#include "core/booking/detail.hpp"
#include "core/booking/event.hpp"

namespace calcom {

// How far a booking's life has come; join is max.
enum class Step : std::uint8_t { kPlaceholder, kPending, kAccepted, kRejected, kCancelled, kRescheduled };

template <>
struct Words<Step> {  // bookings.status
  static constexpr auto list = std::to_array<std::string_view>(
      {"placeholder", "pending", "accepted", "rejected", "cancelled", "rescheduled"});
  static constexpr auto kLast = Step::kRescheduled;
};

// The total order of writes: time of sending (clamped to received_at + 5 min), then the trigger's rank in the
// lifecycle, then the body's hash, so that ties are broken the same way whatever the order of arrival.
struct Stamp {
  Micros at = 0;
  std::uint8_t rank = 0;
  std::uint64_t hash = 0;
  friend constexpr auto operator<=>(const Stamp&, const Stamp&) = default;
};

struct Register {  // last writer wins
  Stamp stamp;
  Value value;
  friend bool operator==(const Register&, const Register&) = default;
};

// One person of a booking. Every stamp is the newest write of its kind, so that any order of arrival gives
// the same seat; whether the person is there, since when and why is read from their comparison (project.cpp).
struct Seat {
  std::optional<Stamp> added;      // listed by an event that says that the person is there
  std::optional<Stamp> booked;     // … by which the person came into this booking by booking a place
  std::optional<Stamp> moved_in;   // … by which the person came here from another uid
  std::optional<Stamp> confirmed;  // … that calls the place accepted, not only asked for or unpaid
  std::optional<Stamp> cancelled;  // listed by a CANCELLED
  std::optional<Stamp> moved_out;  // listed by a move from this uid to another one
  Person person;         // as of `added`; its seat_uid and no_show are empty, they have their own place
  std::string seat_uid;  // as of `seat_uid_stamp`: Cal.com's id of the latest stay
  std::optional<Stamp> seat_uid_stamp;
  std::optional<bool> no_show;
  std::optional<Stamp> no_show_stamp;
  friend bool operator==(const Seat&, const Seat&) = default;
};

struct Link {  // a predecessor: this booking was made by rescheduling `uid`
  std::string uid;
  Stamp stamp;
  friend bool operator==(const Link&, const Link&) = default;
};

// A CANCELLED or a move is kept in both of its readings, as the end of the booking (`step`) and as the end of
// the listed people's places (`seats`): which one holds depends on `seated`, which may be learnt later.
struct Facts {
  Step step = Step::kPlaceholder;      // the furthest step heard
  Step standing = Step::kPlaceholder;  // the furthest up to rejected: what a booking of seats stands at
  bool whole_cancel = false;           // a CANCELLED with requestReschedule: ends every place, seated or not
  bool seated = false;
  std::optional<Stamp> born;    // oldest CREATED, REQUESTED or PAYMENT_INITIATED of this uid
  std::optional<Stamp> first;   // oldest write of any kind: bookings.created_at
  std::optional<Stamp> newest;  // newest write of any kind
  std::optional<Stamp> moved;   // newest move in place (uid == rescheduleUid)
  std::array<std::optional<Register>, kDetailCount> details;
  std::map<std::string, Seat> seats;  // by e-mail
  std::optional<Person> booker;       // first attendee of the oldest event that listed attendees
  std::optional<Stamp> booker_stamp;
  std::set<std::string> hosts;     // grow-only; hosts are never attendees, whenever they become known
  std::vector<Link> predecessors;  // sorted by uid, one per uid with its oldest stamp
  std::vector<Link> successors;    // the same, the other way round
  friend bool operator==(const Facts&, const Facts&) = default;
};

// A booking as people see it. `root_uid` needs the chain and is set by project_chain (merge.hpp).
struct VisibleAttendee {
  Person person;
  bool removed = false;
  Micros removed_at = 0;    // meaningful when removed
  std::string stage;        // tells one stay of a person from the next: the seat uid, or empty
  bool moved_away = false;  // removed, because the person has a place under another uid now
  bool moved_here = false;  // came from another uid, or the whole booking was moved since the person came
  bool pending = false;  // seated: this person's place is asked for or unpaid, whatever the booking's status
  friend bool operator==(const VisibleAttendee&, const VisibleAttendee&) = default;
};

struct Booking {
  std::string uid;
  Step status = Step::kPlaceholder;
  bool seated = false;
  bool moved_in_place = false;
  std::array<Value, kDetailCount> details;  // Null where nothing is known
  // Who booked; empty when unknown, and for seated bookings, which others who hold a seat may read.
  std::string attendee_name, attendee_email, attendee_time_zone;
  std::vector<VisibleAttendee> attendees;  // by e-mail; removed ones included and marked
  std::string rescheduled_from_uid, rescheduled_to_uid, root_uid;  // empty where there is none; root never
  std::optional<Micros> created_at;
  friend bool operator==(const Booking&, const Booking&) = default;
};

// Stored form of the facts: one compact JSON object, keys sorted, so that equal facts are equal bytes.
std::string encode_facts(const Facts& facts);
// nullopt when the text is not ours: damaged, of a later version ("v" above 1), or with a name that this
// version does not know. Dropping the unknown would lose it at the next write, so such a booking waits until
// the newer library is back.
std::optional<Facts> decode_facts(std::string_view json);

}  // namespace calcom
