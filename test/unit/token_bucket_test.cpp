// How fast one key sends.
#include "core/token_bucket.hpp"

#include <gtest/gtest.h>

namespace calcom {
namespace {

constexpr Micros kNow = 1'000 * kHour;

RateAdvice limit_of(int per_second) {
  RateAdvice advice;
  advice.limit = per_second;
  return advice;
}

TEST(TokenBucket, StartsWithTheLeastThatWasEverGranted) {
  TokenBucket bucket;
  EXPECT_EQ(bucket.available(kNow), 2);
  bucket.take(2);
  EXPECT_EQ(bucket.available(kNow), 0);
  EXPECT_EQ(bucket.ready_at(kNow), kNow + kSecond / 2);
  EXPECT_EQ(bucket.available(kNow + kSecond / 2), 1);
}

TEST(TokenBucket, LearnsTheLimitAndLeavesAFifthToOthers) {
  TokenBucket bucket;
  bucket.learn(limit_of(10));
  bucket.available(kNow);
  EXPECT_EQ(bucket.available(kNow + kSecond), 8);
  EXPECT_EQ(bucket.available(kNow + kHour), 8) << "a window's worth is all that can be saved up";
}

TEST(TokenBucket, NeverExceedsTheRateOverTime) {
  TokenBucket bucket;
  bucket.learn(limit_of(10));
  int taken = 0;
  for (Micros at = kNow; at < kNow + 10 * kSecond; at += 10'000) {
    const int some = bucket.available(at);
    bucket.take(some);
    taken += some;
  }
  EXPECT_LE(taken, 8 * 10 + 8);
  EXPECT_GE(taken, 8 * 10 - 8);
}

TEST(TokenBucket, WaitsForTheNextWindowWhenThisOneIsUsedUp) {
  TokenBucket bucket;
  RateAdvice advice = limit_of(10);
  advice.remaining = 0;
  advice.reset_at = kNow + kSecond;
  bucket.learn(advice);
  EXPECT_EQ(bucket.available(kNow), 0);
  EXPECT_EQ(bucket.ready_at(kNow), kNow + kSecond);
  EXPECT_GT(bucket.available(kNow + kSecond), 0);
}

TEST(TokenBucket, AClockSetBackGivesNothing) {
  TokenBucket bucket;
  bucket.take(bucket.available(kNow));
  EXPECT_EQ(bucket.available(kNow - kHour), 0);
  EXPECT_EQ(bucket.available(kNow - kHour + kSecond), 2);
}

}  // namespace
}  // namespace calcom
