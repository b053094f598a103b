// When a sender that is refused, or not answered, tries again.
#include "core/circuit.hpp"

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
  EXPECT_FALSE(circuit.open()) << "an answer in between starts the count anew";
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
  circuit.resume_open(2 * kMinute);
  EXPECT_EQ(circuit.allowed(kNow, 7), 1);
  circuit.started();
  circuit.stopped(kNow);
  EXPECT_EQ(circuit.ready_at(), kNow + 4 * kMinute);
}

}  // namespace
}  // namespace calcom
