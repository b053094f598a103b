// At most so many mails an hour to one person, and none of them lost.
#include "core/sending/recipient_limit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace calcom {
namespace {

constexpr Micros kNow = 1'000 * kHour;

TEST(RecipientLimit, LetsAsManyGoAsAllowedAndSpreadsTheRest) {
  RecipientLimit limit(2);
  EXPECT_EQ(limit.put_off("ada", {}, kNow), std::nullopt);
  EXPECT_EQ(limit.put_off("ada", {}, kNow + kMinute), std::nullopt);
  EXPECT_EQ(limit.put_off("ada", {}, kNow + kMinute), kNow + kHour);
  EXPECT_EQ(limit.put_off("ada", {}, kNow + kMinute), kNow + kHour + kMinute);
  EXPECT_EQ(limit.put_off("ada", {}, kNow + kMinute), kNow + 2 * kHour);
  EXPECT_EQ(limit.put_off("eve", {}, kNow + kMinute), std::nullopt) << "everybody has a limit of his own";
}

TEST(RecipientLimit, CountsWhatWentBefore) {
  RecipientLimit limit(2);
  EXPECT_EQ(limit.put_off("ada", {kNow - kMinute, kNow - 50 * kMinute}, kNow), kNow + 10 * kMinute);
  RecipientLimit later(2);
  EXPECT_EQ(later.put_off("ada", {kNow - kMinute}, kNow), std::nullopt);
}

TEST(RecipientLimit, NoLimitPutsNothingOff) {
  RecipientLimit limit(0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limit.put_off("ada", {}, kNow), std::nullopt);
}

TEST(RecipientLimit, NoHourEverSeesMore) {
  RecipientLimit limit(3);
  std::vector<Micros> times;
  for (int i = 0; i < 50; ++i) times.push_back(limit.put_off("ada", {kNow - kSecond}, kNow).value_or(kNow));
  std::sort(times.begin(), times.end());
  for (std::size_t i = 0; i + 3 < times.size(); ++i) EXPECT_GE(times[i + 3] - times[i], kHour);
}

}  // namespace
}  // namespace calcom
