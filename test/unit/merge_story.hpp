// Helpers of the merge tests: events built in a few words, merged into a small log in any
// order. Times are minutes of one day; people are first names, who live at example.com.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/booking/merge.hpp"

namespace calcom::test {

inline constexpr Micros kToday = 1'800'000'000 * kSecond;
inline constexpr Micros kNow = kToday + kDay;  // later than all events, before all bookings

inline Micros minute(int minutes) {
  return kToday + minutes * kMinute;
}

inline Micros day(int days) {
  return kToday + days * kDay;
}

inline std::string mail(std::string_view name) {
  return name.find('@') == std::string_view::npos ? std::string(name) + "@example.com" : std::string(name);
}

inline Person person(std::string_view name) {
  Person one;
  one.email = mail(name);
  one.name = name;
  one.time_zone = "Asia/Kolkata";
  return one;
}

struct Row {  // as stored in the log
  Event event;
  Stamp stamp;
};

// Stands for the hash of the body: equal for equal events, createdAt included.
inline std::uint64_t body_hash(const Event& event) {
  std::string text = std::to_string(static_cast<int>(event.trigger)) + event.uid + event.status +
                     event.reschedule_uid + std::to_string(event.created_at.value_or(0)) +
                     std::to_string(event.seated) + std::to_string(event.request_reschedule);
  for (const auto& one : event.attendees)
    text += one.email + one.name + one.seat_uid + (one.no_show ? std::to_string(*one.no_show) : "");
  for (const auto& host : event.host_emails) text += host;
  for (const auto& [detail, value] : event.details) {
    text += std::to_string(static_cast<int>(detail)) + std::to_string(value.index());
    if (const auto* word = std::get_if<std::string>(&value)) text += *word;
    if (const auto* instant = std::get_if<Instant>(&value)) text += std::to_string(instant->at);
    if (const auto* number = std::get_if<std::int64_t>(&value)) text += std::to_string(*number);
  }
  return std::hash<std::string>{}(text);
}

inline Row row(const Event& event) {
  return {event, {event.created_at.value_or(kToday), stamp_rank(event.trigger), body_hash(event)}};
}

class EventBuilder {
 public:
  EventBuilder(Trigger trigger, std::string_view uid, int at, std::string_view status) {
    event_.trigger = trigger;
    event_.uid = uid;
    event_.created_at = minute(at);
    event_.status = status;
  }
  EventBuilder& of(std::initializer_list<std::string_view> names) {
    event_.carries_attendees = true;
    for (const auto name : names) event_.attendees.push_back(person(name));
    return *this;
  }
  EventBuilder& seat(std::string_view seat_uid) {  // of the last person named
    event_.attendees.back().seat_uid = seat_uid;
    event_.seated = true;
    return *this;
  }
  EventBuilder& no_show(bool value) {
    event_.attendees.back().no_show = value;
    return *this;
  }
  EventBuilder& seated() {
    event_.seated = true;
    return *this;
  }
  EventBuilder& instead_of(std::string_view uid) {
    event_.reschedule_uid = uid;
    return *this;
  }
  EventBuilder& starts(int days) {
    return with(Detail::kStartTime, Instant{day(days)}).with(Detail::kEndTime, Instant{day(days) + kHour});
  }
  EventBuilder& with(Detail detail, Value value) {
    event_.details.emplace_back(detail, std::move(value));
    return *this;
  }
  EventBuilder& hosted_by(std::string_view name) {
    event_.host_emails.push_back(mail(name));
    return *this;
  }
  EventBuilder& asks_to_reschedule() {
    event_.request_reschedule = true;
    return *this;
  }
  operator Event() const { return event_; }  // NOLINT: a built event is an event

 private:
  Event event_;
};

inline EventBuilder created(std::string_view uid, int at) {
  return {Trigger::kBookingCreated, uid, at, "ACCEPTED"};
}
inline EventBuilder requested(std::string_view uid, int at) {
  return {Trigger::kBookingRequested, uid, at, "PENDING"};
}
inline EventBuilder rescheduled(std::string_view uid, std::string_view before, int at) {
  return EventBuilder(Trigger::kBookingRescheduled, uid, at, "ACCEPTED").instead_of(before);
}
inline EventBuilder cancelled(std::string_view uid, int at) {
  return {Trigger::kBookingCancelled, uid, at, "CANCELLED"};
}
inline EventBuilder rejected(std::string_view uid, int at) {
  return {Trigger::kBookingRejected, uid, at, "REJECTED"};
}
inline EventBuilder payment_initiated(std::string_view uid, int at) {
  return {Trigger::kBookingPaymentInitiated, uid, at, "ACCEPTED"};
}
inline EventBuilder paid(std::string_view uid, int at, std::string_view status) {
  return {Trigger::kBookingPaid, uid, at, status};
}
inline EventBuilder no_show(std::string_view uid, int at, std::string_view name, bool value) {
  return EventBuilder(Trigger::kBookingNoShowUpdated, uid, at, "").of({name}).no_show(value);
}

inline FactsByUid facts_of(const std::vector<Event>& events) {
  FactsByUid facts;
  for (const Event& event : events) merge_event(facts, event, row(event).stamp);
  return facts;
}

using Bookings = std::map<std::string, Booking, std::less<>>;

inline Bookings bookings_of(const std::vector<Event>& events) {
  return project_chain(facts_of(events));
}

inline Booking booking_of(std::string_view uid, const std::vector<Event>& events) {
  return bookings_of(events).at(std::string(uid));
}

// Merged forwards and backwards, the events give the same bookings; returns one of them.
inline Booking heard(std::string_view uid, std::vector<Event> events) {
  const Bookings forwards = bookings_of(events);
  std::reverse(events.begin(), events.end());
  EXPECT_TRUE(forwards == bookings_of(events)) << "the order of arrival changed the bookings";
  return forwards.at(std::string(uid));
}

inline std::string status_of(std::string_view uid, const std::vector<Event>& events) {
  return std::string(name(booking_of(uid, events).status));
}

// First names of who is there; who was removed only when asked for.
inline std::string people_of(const Booking& booking, bool removed = false) {
  std::string names;
  for (const auto& one : booking.attendees)
    if (one.removed == removed)
      names += (names.empty() ? "" : " ") + one.person.email.substr(0, one.person.email.find('@'));
  return names;
}

inline Value detail_of(const Booking& booking, Detail detail) {
  return booking.details[static_cast<std::size_t>(detail)];
}

using Keys = std::set<std::string>;

inline Keys owed(const Bookings& bookings, Micros now = kNow) {
  Keys keys;
  for (const auto& [uid, booking] : bookings)
    for (const auto& one : obligations(booking, now)) keys.insert(one.key);
  return keys;
}

// What the outbox holds after every event had its transaction, in this order.
inline Keys queued(const std::vector<Event>& events, Micros now = kNow) {
  Keys keys;
  FactsByUid facts;
  for (const Event& event : events) {
    merge_event(facts, event, row(event).stamp);
    keys.merge(owed(project_chain(facts), now));
  }
  return keys;
}

}  // namespace calcom::test
