// Generated sets of events for the laws that must hold for all of them. Half of the worlds are stories that
// Cal.com could tell (a chain, seats, a payment, a series) with some noise; the other half is anything at
// all: rings, contradicting ends, seats that are no seats, events of unheard-of bookings.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "merge_story.hpp"

namespace calcom::test {

class Dice {  // splitmix64
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t throw_all() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  int below(int sides) { return static_cast<int>(throw_all() % static_cast<std::uint64_t>(sides)); }
  bool once_in(int sides) { return below(sides) == 0; }
  template <typename T>
  const T& one_of(const std::vector<T>& list) {
    return list[static_cast<std::size_t>(below(static_cast<int>(list.size())))];
  }
  template <typename T>
  void shuffle(std::vector<T>& list) {
    for (std::size_t i = list.size(); i > 1; --i)
      std::swap(list[i - 1], list[static_cast<std::size_t>(below(static_cast<int>(i)))]);
  }

 private:
  std::uint64_t state_;
};

inline std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

class World {
 public:
  explicit World(std::uint64_t seed) : dice_(seed) {}

  std::vector<Row> rows() {
    std::vector<Event> events = dice_.once_in(2) ? anything() : story();
    std::vector<Row> rows;
    const bool collide = dice_.once_in(6);  // different events under one stamp
    for (const Event& event : events) {
      rows.push_back(row(event));
      if (collide) rows.back().stamp = {minute(dice_.below(2)), 0, 0};
    }
    return rows;
  }

  Dice& dice() { return dice_; }

 private:
  std::string uid() { return std::string(1, static_cast<char>('A' + dice_.below(uids_))); }
  std::string name() { return kNames[static_cast<std::size_t>(dice_.below(6))]; }

  std::vector<Event> anything() {
    uids_ = 1 + dice_.below(5);
    std::vector<Event> events;
    const int length = dice_.once_in(4) ? 7 + dice_.below(6) : 2 + dice_.below(4);
    while (static_cast<int>(events.size()) < length) events.push_back(event());
    return events;
  }

  Event event() {
    Event event;
    event.trigger = static_cast<Trigger>(dice_.once_in(8) ? dice_.below(26) : 2 + dice_.below(10));
    event.uid = uid();
    event.created_at = minute(dice_.below(6));
    event.status =
        dice_.one_of<std::string>({"ACCEPTED", "ACCEPTED", "PENDING", "CANCELLED", "REJECTED", ""});
    if (!dice_.once_in(3)) event.reschedule_uid = uid();
    event.seated = dice_.once_in(3);
    event.request_reschedule = dice_.once_in(8);
    event.carries_attendees = !dice_.once_in(5);
    for (int i = event.carries_attendees ? dice_.below(4) : 0; i > 0; --i)
      event.attendees.push_back(anybody());
    if (dice_.once_in(4)) event.host_emails.push_back(mail(name()));
    add_details(event);
    return event;
  }

  Person anybody() {
    Person one = person(name());
    if (dice_.once_in(10)) one.email.clear();
    if (dice_.once_in(4)) one.name = "another";
    if (dice_.once_in(4)) one.phone = "+4912345";
    if (dice_.once_in(3)) one.seat_uid = "s" + std::to_string(dice_.below(3));
    if (dice_.once_in(3)) one.no_show = dice_.once_in(2);
    return one;
  }

  void add_details(Event& event) {
    const std::vector<Value> kTexts = {Null{}, "Intro", "Zoë \"2\"", ""};
    if (dice_.once_in(2)) event.details.emplace_back(Detail::kTitle, dice_.one_of(kTexts));
    if (dice_.once_in(3)) event.details.emplace_back(Detail::kBookingId, std::int64_t{dice_.below(3)} - 1);
    if (!dice_.once_in(3)) event.details.emplace_back(Detail::kStartTime, Instant{day(4 + dice_.below(3))});
    if (dice_.once_in(4)) event.details.emplace_back(Detail::kPaid, dice_.once_in(2));
    if (dice_.once_in(4)) event.details.emplace_back(Detail::kResponses, JsonText{R"({"a":["b",1]})"});
  }

  std::vector<Event> story() {
    std::vector<Event> events;
    switch (dice_.below(5)) {
      case 0:
        chain(events);
        break;
      case 1:
        seats(events);
        break;
      case 2:
        payment(events);
        break;
      case 3:
        series(events);
        break;
      default:
        confirmation(events);
        break;
    }
    if (dice_.once_in(3)) again(events);
    return events;
  }

  void chain(std::vector<Event>& events) {
    const std::string who = name();
    events.push_back(created("A", 1).of({who}).starts(5));
    const int length = 1 + dice_.below(4);
    for (int i = 1; i <= length; ++i) {
      const std::string uid(1, static_cast<char>('A' + i)), before(1, static_cast<char>('A' + i - 1));
      const std::string after = dice_.once_in(6) ? before : uid;  // now and then a move in place
      events.push_back(rescheduled(after, before, 1 + i).of({who}).starts(5 + i));
      if (after == before) return;
    }
    if (dice_.once_in(3))
      events.push_back(cancelled(std::string(1, static_cast<char>('A' + length)), 9).of({who}));
  }

  void seats(std::vector<Event>& events) {
    const int people = 2 + dice_.below(5);
    for (int i = 0; i < people; ++i) events.push_back(seat(kNames[static_cast<std::size_t>(i)], i, "A"));
    for (int i = 0; i < people; ++i) {
      const std::string who = kNames[static_cast<std::size_t>(i)];
      if (dice_.once_in(4)) events.push_back(cancelled("A", 6 + dice_.below(2)).of({who}).seated());
      if (dice_.once_in(4))
        events.push_back(rescheduled("B", "A", 7 + dice_.below(2)).of({who}).seat("b" + who).starts(6));
      if (dice_.once_in(6)) events.push_back(seat(who, 9, "A"));
    }
    if (dice_.once_in(5)) events.push_back(rescheduled("A", "A", 8).of({kNames[0]}).seated().starts(7));
    if (dice_.once_in(6)) events.push_back(cancelled("A", 9).of({kNames[0]}).seated().asks_to_reschedule());
  }

  Event seat(const std::string& who, int at, std::string_view uid) {
    return created(uid, at).of({who}).seat("a" + who + std::to_string(at)).starts(5);
  }

  void payment(std::vector<Event>& events) {
    events.push_back(payment_initiated("A", 1).of({"ana"}).starts(5));
    events.push_back(paid("A", 2, dice_.once_in(2) ? "ACCEPTED" : "PENDING").of({"ana", "cohost"}));
    events.push_back(created("A", 2 + dice_.below(2)).of({"ana"}).starts(5).hosted_by("cohost"));
    if (dice_.once_in(2)) events.push_back(cancelled("A", 5).of({"ana", "cohost"}));
  }

  void series(std::vector<Event>& events) {
    for (const std::string_view uid : {"A", "B", "C"})
      events.push_back(created(uid, 1).of({"ana"}).starts(5));
    events.push_back(cancelled("B", 2).of({"ana"}));
    if (dice_.once_in(2)) events.push_back(rescheduled("D", "C", 3).of({"ana"}).starts(6));
  }

  void confirmation(std::vector<Event>& events) {
    events.push_back(requested("A", 1).of({"ana"}).hosted_by("cohost").starts(5));
    if (dice_.once_in(2)) events.push_back(created("A", 2).of({"ana", "cohost"}).starts(5));
    if (dice_.once_in(2)) events.push_back(requested("B", 3).of({"ana"}).instead_of("A").starts(6));
    if (dice_.once_in(3)) events.push_back(rejected(dice_.once_in(2) ? "A" : "B", 4).of({"ana", "cohost"}));
    if (dice_.once_in(3)) events.push_back(no_show("A", 5, "ana", dice_.once_in(2)));
  }

  // A second subscription tells some of it again, some of it at another millisecond.
  void again(std::vector<Event>& events) {
    Event twin = dice_.one_of(events);
    if (dice_.once_in(2)) *twin.created_at += dice_.below(3) * 1000;
    events.push_back(twin);
  }

  static constexpr std::array<const char*, 6> kNames = {"ana", "bob", "cy", "dee", "eve", "cohost"};
  int uids_ = 5;
  Dice dice_;
};

}  // namespace calcom::test
