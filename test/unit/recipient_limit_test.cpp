// At most so many mails an hour to one recipient, and none of them lost.
#include "core/sending/recipient_limit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace calcom {
namespace {

constexpr Micros kNow = 1'000 * kHour;

// Judges one new mail after the other, as the worker does.
class Recipients {
 public:
  explicit Recipients(int per_hour) : per_hour_(per_hour) {}

  // Times of mails that an earlier round sent.
  void sent(const std::string& recipient, Micros at) { limit_.sent(recipient, next_id(), at); }

  std::optional<Micros> put_off(const std::string& recipient, Micros now) {
    const MailId id = next_id();
    const Micros at = next_turn(per_hour_, limit_.others(recipient, id, 1, false, now), now);
    at > now ? limit_.planned(recipient, id, at, 1) : limit_.sent(recipient, id, at);
    return at > now ? std::optional(at) : std::nullopt;
  }

 private:
  MailId next_id() {
    MailId id{};
    id[0] = static_cast<std::uint8_t>(++count_);
    id[1] = static_cast<std::uint8_t>(count_ >> 8);
    return id;
  }
  int per_hour_;
  int count_ = 0;
  RecipientLimit limit_;
};

TEST(RecipientLimit, LetsAsManyGoAsAllowedAndSpreadsTheRest) {
  Recipients mails(2);
  EXPECT_EQ(mails.put_off("ada", kNow), std::nullopt);
  EXPECT_EQ(mails.put_off("ada", kNow + kMinute), std::nullopt);
  EXPECT_EQ(mails.put_off("ada", kNow + kMinute), kNow + kHour);
  EXPECT_EQ(mails.put_off("ada", kNow + kMinute), kNow + kHour + kMinute);
  EXPECT_EQ(mails.put_off("ada", kNow + kMinute), kNow + 2 * kHour);
  EXPECT_EQ(mails.put_off("eve", kNow + kMinute), std::nullopt) << "each recipient has an own limit";
}

TEST(RecipientLimit, CountsWhatWentBefore) {
  Recipients mails(2);
  mails.sent("ada", kNow - kMinute);
  mails.sent("ada", kNow - 50 * kMinute);
  EXPECT_EQ(mails.put_off("ada", kNow), kNow + 10 * kMinute);
  Recipients later(2);
  later.sent("ada", kNow - kMinute);
  later.sent("ada", kNow - kHour);
  EXPECT_EQ(later.put_off("ada", kNow), std::nullopt);
}

TEST(RecipientLimit, NoLimitPutsNothingOff) {
  Recipients mails(0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(mails.put_off("ada", kNow), std::nullopt);
}

TEST(RecipientLimit, NoHourEverSeesMore) {
  Recipients mails(3);
  mails.sent("ada", kNow - kSecond);
  std::vector<Micros> times;
  for (int i = 0; i < 50; ++i) times.push_back(mails.put_off("ada", kNow).value_or(kNow));
  std::sort(times.begin(), times.end());
  for (std::size_t i = 0; i + 3 < times.size(); ++i) EXPECT_GE(times[i + 3] - times[i], kHour);
}

TEST(RecipientLimit, ANewMailQueuesBehindPlannedOnesThatAreNotLessUrgent) {
  RecipientLimit limit;
  const MailId first{1}, second{2};
  limit.planned("ada", first, kNow + kHour, 1);
  EXPECT_EQ(limit.others("ada", second, 1, false, kNow), std::vector<Micros>{kNow + kHour});
  EXPECT_TRUE(limit.others("ada", second, 0, false, kNow).empty()) << "more urgent";
  EXPECT_TRUE(limit.others("ada", second, 1, true, kNow).empty()) << "its own turn has come";
  EXPECT_TRUE(limit.others("ada", first, 1, false, kNow).empty()) << "a mail does not count itself";
  EXPECT_TRUE(limit.others("ada", second, 1, false, kNow + kHour).empty()) << "due with it";
}

TEST(RecipientLimit, ARepetitionCountsOnceAndAtItsLatestTime) {
  RecipientLimit limit;
  const MailId first{1}, second{2};
  limit.sent("ada", first, kNow - 50 * kMinute);
  limit.sent("ada", first, kNow);
  EXPECT_EQ(limit.others("ada", second, 1, false, kNow), std::vector<Micros>{kNow});
}

}  // namespace
}  // namespace calcom
