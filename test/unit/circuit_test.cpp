// When a sender that is refused, or not answered, tries again.
#include "core/sending/circuit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace calcom {
namespace {

constexpr Micros kNow = 1'000 * kHour;

TEST(Circuit, ClosedAllowsWhatIsWished) {
  EXPECT_EQ(Circuit().allowed(kNow, 7), 7);
  EXPECT_FALSE(Circuit().open());
}

TEST(Circuit, OpensOnARefusalAndProbesWithOneMailAfterThePause) {
  Circuit circuit;
  circuit.stopped(kNow);
  EXPECT_EQ(circuit.allowed(kNow + Circuit::kFirstPause - 1, 7), 0);
  EXPECT_EQ(circuit.ready_at(), kNow + Circuit::kFirstPause);
  EXPECT_EQ(circuit.allowed(kNow + Circuit::kFirstPause, 7), 1);
  circuit.started();
  EXPECT_EQ(circuit.allowed(kNow + kHour, 7), 0) << "one probe at a time";
}

TEST(Circuit, AnswersThatWereUnderWayDoNotLengthenThePause) {
  Circuit circuit;
  circuit.stopped(kNow);
  circuit.stopped(kNow + kSecond);
  circuit.stopped(kNow + 2 * kSecond);
  EXPECT_EQ(circuit.ready_at(), kNow + Circuit::kFirstPause);
}

TEST(Circuit, EachRefusedProbeDoublesThePauseUpToTheLongest) {
  Circuit circuit;
  circuit.stopped(kNow);
  Micros expected = Circuit::kFirstPause;
  for (int probe = 0; probe < 10; ++probe) {
    circuit.started();
    circuit.stopped(kNow);
    expected = std::min(2 * expected, Circuit::kLongestPause);
    EXPECT_EQ(circuit.ready_at(), kNow + expected);
  }
}

TEST(Circuit, AnAcceptedProbeClosesIt) {
  Circuit circuit;
  circuit.stopped(kNow);
  circuit.started();
  circuit.answered();
  EXPECT_FALSE(circuit.open());
  EXPECT_EQ(circuit.allowed(kNow, 7), 7);
}

TEST(Circuit, OpensWhenManyAnswersInARowStayAway) {
  Circuit circuit;
  for (int i = 1; i < Circuit::kStumbles; ++i) circuit.stumbled(kNow);
  EXPECT_FALSE(circuit.open());
  circuit.answered();
  for (int i = 1; i < Circuit::kStumbles; ++i) circuit.stumbled(kNow);
  EXPECT_FALSE(circuit.open()) << "an answer in between starts the count again";
  circuit.stumbled(kNow);
  EXPECT_TRUE(circuit.open());
}

TEST(Circuit, AProbeThatSaidNothingMayBeRepeated) {
  Circuit circuit;
  circuit.stopped(kNow);
  circuit.started();
  circuit.not_asked();
  EXPECT_EQ(circuit.allowed(kNow + Circuit::kFirstPause, 7), 1);
}

TEST(Circuit, AChangedKeyIsProbedAtOnce) {
  Circuit circuit;
  circuit.stopped(kNow);
  circuit.probe_soon(kNow + kSecond);
  EXPECT_EQ(circuit.allowed(kNow + kSecond, 7), 1);
}

TEST(Circuit, TheNextWorkerGoesOnWhereTheLastOneStopped) {
  Circuit circuit;
  circuit.resume_open(kNow, 2 * kMinute, kNow + kMinute);
  EXPECT_EQ(circuit.allowed(kNow + kMinute - 1, 7), 0) << "a new worker is no reason to ask sooner";
  EXPECT_EQ(circuit.allowed(kNow + kMinute, 7), 1);
  circuit.started();
  circuit.stopped(kNow);
  EXPECT_EQ(circuit.ready_at(), kNow + 4 * kMinute);
}

TEST(Circuit, AWaitStoredUnderAWrongClockEnds) {
  Circuit circuit;
  circuit.resume_open(kNow, kMinute, kNow + 400 * kDay);
  EXPECT_EQ(circuit.ready_at(), kNow + Circuit::kLongestWait);
}

TEST(Circuit, AQuotaHasAPauseOfItsOwnThatDoesNotGrow) {
  Circuit circuit;
  for (int probe = 0; probe < 3; ++probe) {
    circuit.stopped(kNow, kHour);
    EXPECT_EQ(circuit.ready_at(), kNow + kHour);
    EXPECT_EQ(circuit.allowed(kNow + kHour, 7), 1);
    circuit.started();
  }
  circuit.stopped(kNow);  // and then another refusal
  EXPECT_EQ(circuit.ready_at(), kNow + Circuit::kLongestPause);
}

TEST(Circuit, AQuotaIsProbedSoonWhenTheKeyIsAnother) {
  Circuit circuit;
  circuit.stopped(kNow, kHour);
  circuit.probe_soon(kNow + kSecond);
  EXPECT_EQ(circuit.allowed(kNow + kSecond, 7), 1);
}

TEST(Circuit, AnAcceptanceThatWasUnderWayDoesNotClose) {
  Circuit circuit;
  circuit.stopped(kNow, kHour);
  EXPECT_TRUE(circuit.deaf());
  circuit.answered();
  EXPECT_EQ(circuit.ready_at(), kNow + kHour);
}

TEST(Circuit, AClockSetBackLengthensNoPause) {
  Circuit circuit;
  circuit.stopped(kNow);
  circuit.clock_set_back(kDay);
  EXPECT_EQ(circuit.ready_at(), kNow - kDay + Circuit::kFirstPause);
}

}  // namespace
}  // namespace calcom
