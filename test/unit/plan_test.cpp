// When the launcher starts a worker, with a clock made by hand.
#include "core/sending/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace calcom {
namespace {

constexpr Micros kNow = 1'000 * kHour;
constexpr std::size_t kPlaces = 2;

DatabasePlan looked_into() {
  DatabasePlan plan;
  note_started(plan, kNow - kSecond);
  note_ended(plan, WorkerEnd::kWell, kNow);
  return plan;
}

std::vector<std::size_t> started(const DatabasePlan& plan, const Demand& demand, Micros now) {
  return decide({plan}, {demand}, kPlaces, now).start;
}

TEST(Plan, StartsOnceForADatabaseItDoesNotKnow) {
  EXPECT_EQ(started({}, {.marked = true}, kNow).size(), 1U);
  EXPECT_TRUE(started(looked_into(), {.marked = true}, kNow).empty());
}

TEST(Plan, LeavesUnmarkedDatabasesAlone) {
  EXPECT_TRUE(started({}, {.marked = false, .wanted = true, .next_due = 1}, kNow).empty());
}

TEST(Plan, StartsForAWakeUpAndAtTheDueTime) {
  EXPECT_EQ(started(looked_into(), {.marked = true, .wanted = true}, kNow).size(), 1U);
  const Demand later{.marked = true, .wanted = false, .next_due = kNow + kMinute};
  EXPECT_TRUE(started(looked_into(), later, kNow).empty());
  EXPECT_EQ(decide({looked_into()}, {later}, kPlaces, kNow).look_again_at, kNow + kMinute);
  EXPECT_EQ(started(looked_into(), later, kNow + kMinute).size(), 1U);
}

TEST(Plan, LooksUnaskedAtTheSafetyPollOnly) {
  const Demand quiet{.marked = true};
  EXPECT_EQ(decide({looked_into()}, {quiet}, kPlaces, kNow).look_again_at, kNow + kSafetyPoll);
  EXPECT_TRUE(started(looked_into(), quiet, kNow + kSafetyPoll - 1).empty());
  EXPECT_EQ(started(looked_into(), quiet, kNow + kSafetyPoll).size(), 1U);
}

TEST(Plan, DoesNotStartASecondWorker) {
  DatabasePlan plan = looked_into();
  note_started(plan, kNow);
  EXPECT_TRUE(started(plan, {.marked = true, .wanted = true}, kNow).empty());
}

TEST(Plan, BacksOffTwiceAsLongAfterEachFailure) {
  DatabasePlan plan;
  Micros now = kNow;
  Micros expected = kFirstBackoff;
  for (int failure = 0; failure < 20; ++failure) {
    note_started(plan, now);
    note_ended(plan, WorkerEnd::kFailed, now);
    EXPECT_TRUE(started(plan, {.marked = true, .wanted = true}, now + expected - 1).empty());
    EXPECT_EQ(started(plan, {.marked = true, .wanted = true}, now + expected).size(), 1U);
    now += expected;
    expected = std::min(2 * expected, kLongestBackoff);
  }
}

TEST(Plan, AHealthyMinuteForgetsEarlierFailures) {
  DatabasePlan plan;
  plan.failures = 7;
  note_started(plan, kNow);
  note_ended(plan, WorkerEnd::kFailed, kNow + kHealthy);
  EXPECT_EQ(plan.failures, 1);
  EXPECT_EQ(plan.not_before, kNow + kHealthy + kFirstBackoff);
}

TEST(Plan, ComesBackLaterWhenItIsNotOurTurn) {
  DatabasePlan plan;
  note_started(plan, kNow);
  note_ended(plan, WorkerEnd::kLater, kNow);
  EXPECT_TRUE(started(plan, {.marked = true, .wanted = true}, kNow + kNotOurTurn - 1).empty());
  EXPECT_EQ(started(plan, {.marked = true}, kNow + kNotOurTurn).size(), 1U);
}

TEST(Plan, FillsThePlacesWithTheMostUrgentAndSaysWhenItIsCrowded) {
  const DatabasePlan idle = looked_into();
  const std::vector<Demand> demands = {{.marked = true, .wanted = false, .next_due = kNow - kSecond},
                                       {.marked = true, .wanted = false, .next_due = kNow - kMinute},
                                       {.marked = true, .wanted = true, .next_due = 0}};
  const Decision decision = decide({idle, idle, idle}, demands, kPlaces, kNow);
  EXPECT_EQ(decision.start, (std::vector<std::size_t>{2, 1}));
  EXPECT_TRUE(decision.crowded);
  EXPECT_FALSE(decide({idle, idle, idle}, demands, 3, kNow).crowded);
}

TEST(Plan, AClockSetBackKeepsNoDatabaseWaiting) {
  const Demand wanted{.marked = true, .wanted = true};
  const Micros year = 365 * kDay;
  DatabasePlan refused;  // while the clock was a year ahead
  note_started(refused, kNow + year);
  note_ended(refused, WorkerEnd::kFailed, kNow + year);
  clock_set_back(refused, year);
  EXPECT_EQ(started(refused, wanted, kNow + kFirstBackoff).size(), 1U);
  DatabasePlan quiet;
  note_started(quiet, kNow + year);
  note_ended(quiet, WorkerEnd::kWell, kNow + year);
  clock_set_back(quiet, year);
  const Demand later{.marked = true, .wanted = false, .next_due = kNow + year};
  EXPECT_EQ(started(quiet, later, kNow + kSafetyPoll).size(), 1U) << "what is due is asked of the tables";
}

}  // namespace
}  // namespace calcom
