// Backoff stays within its bounds for any dice, and nothing is tried again behind the idempotency window.
#include "core/sending/retry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace calcom {
namespace {

constexpr Micros kNow = 1'795'590'000 * kSecond;
constexpr std::uint64_t kMostDice = std::numeric_limits<std::uint64_t>::max();

TEST(Backoff, GrowsTwofoldFromTwoSecondsToAnHour) {
  for (int attempt = 1; attempt < 40; ++attempt) {
    const Micros ceiling = std::min(kSecond << std::min(attempt, 20), kHour);
    Micros most = 0;
    for (std::uint64_t dice = 0; dice < 5000; ++dice) {
      const Micros delay = backoff(attempt, dice * 0x9E3779B97F4A7C15ULL);
      ASSERT_GE(delay, 250'000);
      ASSERT_LE(delay, ceiling);
      most = std::max(most, delay);
    }
    EXPECT_GT(most, ceiling / 10 * 9) << attempt;  // the jitter is full: it reaches towards the ceiling
  }
}

TEST(Backoff, BoundsAreReachedExactly) {
  EXPECT_EQ(backoff(1, 0), 250'000);
  EXPECT_EQ(backoff(1, 1'750'000), 2 * kSecond);
  EXPECT_EQ(backoff(50, static_cast<std::uint64_t>(kHour - 250'000)), kHour);
}

TEST(Backoff, StrangeAttemptsAreHarmless) {
  for (const int attempt : {std::numeric_limits<int>::min(), -1, 0, std::numeric_limits<int>::max()}) {
    EXPECT_GE(backoff(attempt, kMostDice), 250'000);
    EXPECT_LE(backoff(attempt, kMostDice), kHour);
  }
}

TEST(PlanRetry, LaterByTheBackoff) {
  const RetryPlan plan = plan_retry(1, 8, false, kNow, kNow, std::nullopt, 7);
  EXPECT_EQ(plan.next, Next::kRetryAt);
  EXPECT_EQ(plan.at, kNow + backoff(1, 7));
}

TEST(PlanRetry, NotBeforeTheProviderSaid) {
  EXPECT_EQ(plan_retry(1, 8, false, kNow, kNow, kNow + kMinute, 0).at, kNow + kMinute);
  EXPECT_EQ(plan_retry(1, 8, false, kNow, kNow, kNow - kMinute, 0).at, kNow + 250'000);
}

TEST(PlanRetry, EndsWithTheLastAttempt) {
  EXPECT_EQ(plan_retry(7, 8, false, kNow, kNow, std::nullopt, 0).next, Next::kRetryAt);
  EXPECT_EQ(plan_retry(8, 8, false, kNow, kNow, std::nullopt, 0).next, Next::kFailed);
  EXPECT_EQ(plan_retry(8, 8, true, kNow, kNow, std::nullopt, 0).next, Next::kUncertain);
}

TEST(PlanRetry, EndsAnHourBeforeTheIdempotencyWindow) {
  const Micros first = kNow - kIdempotencyWindow;
  EXPECT_EQ(plan_retry(2, 99, true, first + kSecond, kNow, std::nullopt, 0).next, Next::kRetryAt);
  EXPECT_EQ(plan_retry(2, 99, true, first, kNow, std::nullopt, 0).next, Next::kUncertain);
  EXPECT_EQ(plan_retry(2, 99, false, first, kNow, std::nullopt, 0).next, Next::kFailed);
  // It is the time of the next attempt that counts, not that of the last.
  EXPECT_EQ(plan_retry(2, 99, true, kNow, kNow, kNow + 23 * kHour, 0).next, Next::kUncertain);
  EXPECT_EQ(plan_retry(2, 99, true, kNow, kNow, kNow + 23 * kHour - 1, 0).next, Next::kRetryAt);
}

}  // namespace
}  // namespace calcom
