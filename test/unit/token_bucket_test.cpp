// How fast one key sends.
#include "core/sending/token_bucket.hpp"

#include <gtest/gtest.h>

#include <vector>

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
  bucket.learn(limit_of(100));
  EXPECT_EQ(bucket.per_second(), 80);
  bucket.available(kNow);
  EXPECT_EQ(bucket.available(kNow + kHour), 10) << "little is saved up while nothing is sent";
}

TEST(TokenBucket, NoSecondSeesMoreThanTheLimitWhateverCameBefore) {
  for (const int limit : {1, 2, 5, 10, 100}) {
    TokenBucket bucket;
    bucket.learn(limit_of(limit));
    std::vector<Micros> starts;
    for (Micros at = kNow; at < kNow + 20 * kSecond; at += 10'000) {
      if (at > kNow + 5 * kSecond && at < kNow + 10 * kSecond) continue;  // rests, and saves up
      const int some = bucket.available(at);
      bucket.take(some);
      starts.insert(starts.end(), static_cast<std::size_t>(some), at);
    }
    for (std::size_t i = 0; i + static_cast<std::size_t>(limit) < starts.size(); ++i)
      EXPECT_GE(starts[i + static_cast<std::size_t>(limit)] - starts[i], kSecond) << limit;
    EXPECT_GE(static_cast<double>(starts.size()), 0.75 * 15 * limit * 0.8)
        << limit << ": and the share is used";
  }
}

TEST(TokenBucket, ClosedByTheProviderUntilItsTime) {
  TokenBucket bucket;
  bucket.close(kNow + 3 * kSecond);
  bucket.close(kNow + kSecond);
  EXPECT_EQ(bucket.available(kNow + 2 * kSecond), 0);
  EXPECT_EQ(bucket.ready_at(kNow), kNow + 3 * kSecond);
  EXPECT_GT(bucket.available(kNow + 3 * kSecond), 0);
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

TEST(TokenBucket, AQuotaClosesItForAllOfItsKeyUntilItIsOpenedAgain) {
  TokenBucket bucket;
  bucket.close(kNow + kHour);
  bucket.close(kNow + kMinute);  // the longest counts
  EXPECT_EQ(bucket.closed_until(), kNow + kHour);
  EXPECT_EQ(bucket.ready_at(kNow), kNow + kHour);
  EXPECT_EQ(bucket.available(kNow + kHour - 1), 0);
  bucket.reopen();
  EXPECT_EQ(bucket.available(kNow + kHour - 1), 2);
}

TEST(TokenBucket, ALimitIsForItsWindow) {
  TokenBucket bucket;
  RateAdvice advice = limit_of(90);
  advice.window = 60;
  bucket.learn(advice);
  EXPECT_DOUBLE_EQ(bucket.per_second(), 1.2);
  bucket.available(kNow);
  EXPECT_EQ(bucket.available(kNow + kHour), 1);
}

TEST(TokenBucket, AClockSetBackLengthensNoWait) {
  TokenBucket bucket;
  bucket.available(kNow);
  bucket.close(kNow + 5 * kSecond);
  EXPECT_EQ(bucket.ready_at(kNow - kHour), kNow - kHour + 5 * kSecond);
  EXPECT_EQ(bucket.ready_at(kNow - kHour - kSecond / 2), kNow - kHour + 5 * kSecond)
      << "another process read its clock a little earlier";
}

}  // namespace
}  // namespace calcom
