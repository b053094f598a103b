// A mail that could not leave for too long is not sent any more, whatever its kind but a reminder, and not a
// microsecond too early.
#include "core/mail/mail_age.hpp"

#include <gtest/gtest.h>

namespace calcom {
namespace {

constexpr Micros kNow = 1'795'590'000 * kSecond;
constexpr Micros kWeek = 7 * kDay;

TEST(MailAge, EveryKindButRemindersEndsBehindTheGreatestAge) {
  for (const MailKind kind : kMailKinds) {
    const bool ends = kind != MailKind::kReminder;
    EXPECT_FALSE(too_old(kind, kNow, kWeek, kNow)) << name(kind);
    EXPECT_FALSE(too_old(kind, kNow - kWeek, kWeek, kNow)) << name(kind);
    EXPECT_EQ(too_old(kind, kNow - kWeek - 1, kWeek, kNow), ends) << name(kind);
    EXPECT_EQ(too_old(kind, kNow - 52 * kWeek, kWeek, kNow), ends) << name(kind);
  }
}

TEST(MailAge, WithoutALimitNothingIsTooOld) {
  for (const MailKind kind : kMailKinds) EXPECT_FALSE(too_old(kind, 0, std::nullopt, kNow));
}

// A clock that was ahead when the mail was queued, or a mail that is meant for later.
TEST(MailAge, WhatIsOwedFromLaterOnIsYoung) {
  EXPECT_FALSE(too_old(MailKind::kConfirmation, kNow + kWeek, kMinute, kNow));
}

}  // namespace
}  // namespace calcom
