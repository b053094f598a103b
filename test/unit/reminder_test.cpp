// When a reminder is due, to whom, and that looking for them forgets nobody whatever order transactions end
// in.
#include "core/mail/reminder.hpp"

#include <gtest/gtest.h>

#include "core/booking/project.hpp"
#include "merge_story.hpp"

namespace calcom::test {
namespace {

constexpr ReminderRule day_before(Micros enabled_at = kToday) {
  return {"24h", kDay, enabled_at};
}

Keys due(const std::vector<Event>& events, Micros now, std::string_view uid = "A",
         const ReminderRule& rule = {"24h", kDay, kToday - kDay}) {
  const FactsByUid facts = facts_of(events);
  const Facts& one = facts.at(std::string(uid));
  Keys keys;
  for (const auto& reminder : due_reminders(rule, one, project(uid, one), now)) keys.insert(reminder.key);
  return keys;
}

std::string key(std::string_view uid, int start_day, std::string_view name = "ana") {
  return "reminder/" + std::string(uid) + "/24h@" + std::to_string(day(start_day)) + "/" + mail(name);
}

Event booked(std::string_view uid, int at, int start_day = 5) {
  return created(uid, at).of({"ana"}).starts(start_day);
}

TEST(Reminders, AreDueFromTheirTimeUntilTheStart) {
  EXPECT_EQ(due({booked("A", 1)}, day(4) - 1), Keys{});
  EXPECT_EQ(due({booked("A", 1)}, day(4)), Keys{key("A", 5)});
  EXPECT_EQ(due({booked("A", 1)}, day(5) - 1), Keys{key("A", 5)});
  EXPECT_EQ(due({booked("A", 1)}, day(5)), Keys{});
}

TEST(Reminders, GoToEverybodyWhoIsThereAndMailable) {
  const Event event = created("A", 1).of({"ana", "guest", "49123@sms.cal.com"}).starts(5).hosted_by("host");
  EXPECT_EQ(due({event}, day(4)), (Keys{key("A", 5), key("A", 5, "guest")}));
}

TEST(Reminders, FollowTheBookingToItsNewTime) {
  const std::vector<Event> in_place = {booked("A", 1), rescheduled("A", "A", 2).of({"ana"}).starts(7)};
  EXPECT_EQ(due(in_place, day(4)), Keys{});
  EXPECT_EQ(due(in_place, day(6)), Keys{key("A", 7)});
  const std::vector<Event> elsewhere = {booked("A", 1), rescheduled("B", "A", 2).of({"ana"}).starts(7)};
  EXPECT_EQ(due(elsewhere, day(4), "A"), Keys{});
  EXPECT_EQ(due(elsewhere, day(6), "B"), Keys{key("B", 7)});
}

TEST(Reminders, EndWithTheBookingOrTheSeat) {
  EXPECT_EQ(due({booked("A", 1), cancelled("A", 2).of({"ana"})}, day(4)), Keys{});
  EXPECT_EQ(due({requested("A", 1).of({"ana"}).starts(5)}, day(4)), Keys{});
  EXPECT_EQ(due({requested("A", 1).of({"ana"}).starts(5), rejected("A", 2)}, day(4)), Keys{});
  const Event ana = created("A", 1).of({"ana"}).seat("s1").starts(5);
  const Event ben = created("A", 2).of({"ben"}).seat("s2").starts(5);
  EXPECT_EQ(due({ana, ben, cancelled("A", 3).of({"ana"}).seated()}, day(4)), Keys{key("A", 5, "ben")});
}

TEST(Reminders, WhoBooksOrMovesInsideTheTimeGetsNone) {
  const int late = 4 * 24 * 60 + 30;  // minutes: half an hour after the reminder was due
  EXPECT_EQ(due({booked("A", late)}, day(5) - kHour), Keys{});
  EXPECT_EQ(due({booked("A", late - 31)}, day(5) - kHour), Keys{key("A", 5)});
  EXPECT_EQ(due({booked("A", 1, 9), rescheduled("A", "A", late).of({"ana"}).starts(5)}, day(5) - kHour),
            Keys{});
  EXPECT_EQ(due({requested("A", 1).of({"ana"}).starts(5), booked("A", late)}, day(5) - kHour), Keys{});
  EXPECT_EQ(due({created("A", 1).of({"ana"}).seat("s1").starts(5), created("A", late).of({"ben"}).seat("s2")},
                day(5) - kHour),
            Keys{key("A", 5)});
}

TEST(Reminders, ARuleLooksAtNothingThatWasDueBeforeItWasEnabled) {
  EXPECT_EQ(due({booked("A", 1)}, day(5) - 1, "A", day_before(day(4))), Keys{});
  EXPECT_EQ(due({booked("A", 1)}, day(5) - 1, "A", day_before(day(4) - 1)), Keys{key("A", 5)});
}

TEST(Reminders, NamesCannotForgeAKey) {
  const ReminderRule rule{"a/b@1", kDay, kToday};
  EXPECT_EQ(due({booked("A", 1)}, day(4), "A", rule),
            Keys{"reminder/A/a%2Fb%401@" + std::to_string(day(5)) + "/ana@example.com"});
}

TEST(ReminderHorizon, AWrongClockLeavesNoHole) {
  const ReminderRule rule = day_before();
  const ReminderHorizon ahead{day(400), day(390), day(395), 7};
  EXPECT_EQ(clamped(ahead, rule, day(1)), (ReminderHorizon{day(2), day(2), day(2), 7}));
  const ReminderHorizon right{day(2), day(1), day(1), 7};
  EXPECT_EQ(clamped(right, rule, day(1)), right);
}

TEST(ReminderHorizon, WhatWasUnderWayDuringALookIsLookedAtAgain) {
  ReminderHorizon horizon{day(1), day(1), day(1), 0};
  horizon =
      advanced(horizon, day(2), {.oldest = 10, .next = 20});  // 10 is under way and may book before day 2
  EXPECT_EQ(horizon.looked, day(2));
  EXPECT_EQ(horizon.settled, day(1));
  horizon = advanced(horizon, day(3), {.oldest = 10, .next = 30});
  EXPECT_EQ(horizon.settled, day(1)) << "10 is still under way";
  horizon = advanced(horizon, day(4), {.oldest = 25, .next = 40});  // this look saw what 10 had done
  EXPECT_EQ(horizon.settled, day(2)) << "25 may have begun before the second look ended";
  horizon = advanced(horizon, day(4), {.oldest = 40, .next = 40});
  EXPECT_EQ(horizon.settled, day(4));
}

TEST(ReminderHorizon, AMarkOfAnotherClusterIsSetAnew) {
  const ReminderHorizon restored{day(2), day(1), day(2), 1'000'000};
  ReminderHorizon horizon = advanced(restored, day(3), {.oldest = 10, .next = 20});
  EXPECT_EQ(horizon, (ReminderHorizon{day(3), day(1), day(3), 20})) << "what it settled is not known here";
  horizon = advanced(horizon, day(4), {.oldest = 20, .next = 21});
  EXPECT_EQ(horizon, (ReminderHorizon{day(4), day(3), day(4), 21}));
}

}  // namespace
}  // namespace calcom::test
