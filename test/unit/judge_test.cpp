// What becomes of a due mail, and which of several reasons is reported.
#include "core/sending/judge.hpp"

#include <gtest/gtest.h>

#include "core/sending/retry.hpp"
#include "merge_story.hpp"

namespace calcom::test {
namespace {

constexpr Micros kThen = kNow;  // shorter to read

AccountState live() {
  AccountState account;
  account.mode = MailMode::kLive;
  account.has_sender = account.has_redirect_address = true;
  account.key = KeyState::kSet;
  return account;
}

DueMail confirmation() {
  DueMail due;
  due.kind = MailKind::kConfirmation;
  due.recipient = mail("ana");
  due.start_time = day(5);
  due.owed_at = kThen;
  return due;
}

Booking accepted() {
  return booking_of("A", {created("A", 1).of({"ana"}).starts(5)});
}
Booking cancelled_one() {
  return booking_of("A", {created("A", 1).of({"ana"}).starts(5), cancelled("A", 2)});
}

std::string verdict(const MailFate& fate) {
  std::string words(name(fate.state));
  if (fate.cause) words.append(" ").append(name(*fate.cause));
  return words;
}
std::string verdict(const DueMail& due, const AccountState& account, const Booking& booking,
                    Micros now = kThen) {
  return verdict(judge(due, account, &booking, now));
}

TEST(Judge, ATrueMailIsSentOrCaptured) {
  EXPECT_EQ(verdict(confirmation(), live(), accepted()), "sending");
  AccountState test;
  EXPECT_EQ(verdict(confirmation(), test, accepted()), "captured");
}

TEST(Judge, AMailWithoutItsBookingIsSkipped) {
  EXPECT_EQ(verdict(judge(confirmation(), live(), nullptr, kThen)), "skipped booking_missing");
  EXPECT_EQ(verdict(confirmation(), live(), cancelled_one()), "skipped booking_cancelled");
}

TEST(Judge, TheAccountIsAskedFirst) {
  AccountState account = live();
  DueMail due = confirmation();
  due.suppressed = "bounced";
  account.not_armed = "the node is another";
  EXPECT_EQ(judge(due, account, nullptr, kThen).reason, "the node is another");
  EXPECT_EQ(verdict(due, account, cancelled_one()), "held not_armed");
  account.mode = MailMode::kRedirect;
  account.has_redirect_address = false;
  EXPECT_EQ(verdict(due, account, cancelled_one()), "held no_redirect_address");
  account.key = KeyState::kMissing;
  EXPECT_EQ(verdict(due, account, cancelled_one()), "held no_key");
  account.has_sender = false;
  EXPECT_EQ(verdict(due, account, cancelled_one()), "held no_sender");
  account.key = KeyState::kUnreadable;
  EXPECT_EQ(verdict(due, account, cancelled_one()), "held key_unreadable");
  account.paused = true;
  EXPECT_EQ(verdict(due, account, cancelled_one()), "held paused");
  account.disabled = true;
  EXPECT_EQ(verdict(due, account, cancelled_one()), "held account_disabled");
}

TEST(Judge, TestModeNeedsNeitherSenderNorKey) {
  AccountState account;
  EXPECT_FALSE(held(account));
  account.paused = true;
  EXPECT_EQ(held(account)->cause, MailCause::kPaused);
}

TEST(Judge, AnOpenCircuitPutsMailOff) {
  AccountState account = live();
  account.closed_by = MailCause::kDailyQuota;
  account.closed_until = kThen + kHour;
  const Booking booking = accepted();
  const MailFate fate = judge(confirmation(), account, &booking, kThen);
  EXPECT_EQ(verdict(fate), "queued daily_quota");
  EXPECT_EQ(fate.again, kThen + kHour);
  EXPECT_EQ(verdict(confirmation(), account, accepted(), kThen + kHour), "sending");
  account.mode = MailMode::kTest;
  EXPECT_EQ(verdict(confirmation(), account, accepted()), "captured") << "nothing leaves in test mode";
}

TEST(Judge, ASuppressedRecipientIsReportedBeforeACancelledBooking) {
  DueMail due = confirmation();
  due.suppressed = "bounced";
  const Booking booking = cancelled_one();
  const MailFate fate = judge(due, live(), &booking, kThen);
  EXPECT_EQ(verdict(fate), "skipped suppressed");
  EXPECT_EQ(fate.reason, "suppressed: bounced");
}

TEST(Judge, AMailOfAnotherModeIsHeld) {
  DueMail due = confirmation();
  due.made_in = MailMode::kRedirect;
  EXPECT_EQ(verdict(due, live(), cancelled_one()), "held mode_changed");
  due.made_in = MailMode::kLive;
  EXPECT_EQ(verdict(due, live(), accepted()), "sending");
}

TEST(Judge, AMailInDoubtIsUncertainAfterTheIdempotencyWindow) {
  DueMail due = confirmation();
  due.first_attempt_at = kThen - kIdempotencyWindow;
  due.in_doubt = true;
  EXPECT_EQ(verdict(due, live(), accepted()), "sending");
  EXPECT_EQ(verdict(due, live(), accepted(), kThen + 1), "uncertain outcome_unknown");
  due.in_doubt = false;
  EXPECT_EQ(verdict(due, live(), accepted(), kThen + 1), "sending");
}

TEST(Judge, AMailIsSkippedForItsAgeUnlessItMayHaveArrived) {
  AccountState account = live();
  account.max_mail_age = kHour;
  DueMail due = confirmation();
  EXPECT_EQ(verdict(due, account, accepted(), kThen + kHour), "sending");
  EXPECT_EQ(verdict(due, account, accepted(), kThen + kHour + 1), "skipped too_old");
  EXPECT_EQ(verdict(due, account, cancelled_one(), kThen + kHour + 1), "skipped booking_cancelled");
  due.in_doubt = true;
  EXPECT_EQ(verdict(due, account, accepted(), kThen + kHour + 1), "sending");
}

TEST(Judge, TheRecipientLimitPutsOffWhatWouldLeave) {
  AccountState account = live();
  account.max_mails_per_hour = 2;
  DueMail due = confirmation();
  due.others = {kThen - 50 * kMinute, kThen - kMinute};
  const Booking booking = accepted();
  const MailFate fate = judge(due, account, &booking, kThen);
  EXPECT_EQ(verdict(fate), "queued recipient_limit");
  EXPECT_EQ(fate.again, kThen + 10 * kMinute);
  EXPECT_EQ(verdict(due, account, cancelled_one()), "skipped booking_cancelled");
  due.first_attempt_at = kThen;
  EXPECT_EQ(verdict(due, account, accepted()), "sending") << "a repetition is no further mail";
}

TEST(Judge, AReminderGivesWayToAShorterOne) {
  DueMail due = confirmation();
  due.kind = MailKind::kReminder;
  due.before = kDay;
  for (const MailState state :
       {MailState::kHeld, MailState::kSending, MailState::kSent, MailState::kCaptured}) {
    due.reminders = {{kHour, state, kThen + kHour}};
    EXPECT_EQ(verdict(due, live(), accepted()), "skipped superseded") << name(state);
  }
  for (const MailState state :
       {MailState::kSkipped, MailState::kCancelled, MailState::kFailed, MailState::kUncertain}) {
    due.reminders = {{kHour, state, kThen}};
    EXPECT_EQ(verdict(due, live(), accepted()), "sending") << name(state);
  }
  due.reminders = {{kHour, MailState::kQueued, kThen}};
  EXPECT_EQ(verdict(due, live(), accepted()), "skipped superseded");
  due.reminders = {{kHour, MailState::kQueued, kThen + 1}};
  EXPECT_EQ(verdict(due, live(), accepted()), "sending");
  due.reminders = {{kDay, MailState::kSent, kThen}, {2 * kDay, MailState::kSent, kThen}};
  EXPECT_EQ(verdict(due, live(), accepted()), "sending");
  due.before.reset();
  due.reminders = {{kHour, MailState::kSent, kThen}};
  EXPECT_EQ(verdict(due, live(), accepted()), "sending") << "queued by hand";
}

TEST(Judge, WhatThisVersionDoesNotKnowIsNotSent) {
  DueMail due = confirmation();
  due.booking_unreadable = true;
  const MailFate fate = judge(due, live(), nullptr, kThen);
  EXPECT_EQ(verdict(fate), "queued booking_unreadable");
  EXPECT_EQ(fate.again, kThen + kUnreadablePause);
  due.kind.reset();
  EXPECT_EQ(verdict(judge(due, live(), nullptr, kThen)), "failed unknown_kind");
}

}  // namespace
}  // namespace calcom::test
