// What the worker will do, computed from the mails, the account and the time.
#include "core/sending/predict.hpp"

#include <gtest/gtest.h>

#include "merge_story.hpp"

namespace calcom::test {
namespace {

class Outbox {
 public:
  Outbox() {
    account.mode = MailMode::kLive;
    account.has_sender = true;
    account.key = KeyState::kSet;
    bookings["standing"] = booking_of("A", {created("A", 1).of({"ana"}).starts(5)});
    bookings["cancelled"] = booking_of("A", {created("A", 1).of({"ana"}).starts(5), cancelled("A", 2)});
  }

  MailAhead& add(Micros due, const std::string& booking = "standing") {
    MailAhead mail;
    mail.mail.id[15] = static_cast<std::uint8_t>(ahead.size());
    mail.mail.kind = MailKind::kConfirmation;
    mail.mail.recipient = "ana@example.com";
    mail.mail.start_time = day(5);
    mail.mail.owed_at = kNow;
    mail.booking_uid = "A";
    mail.booking = &bookings.at(booking);
    mail.due = due;
    ahead.push_back(mail);
    return ahead.back();
  }
  MailAhead& remind(Micros due, Micros before) {
    MailAhead& mail = add(due);
    mail.mail.kind = MailKind::kReminder;
    mail.mail.before = before;
    mail.priority = 2;
    return mail;
  }

  // "minutes from now: state cause, delayed by".
  std::vector<std::string> predicted(Micros span = kDay) {
    std::vector<std::string> lines;
    for (const Prediction& one : predict(account, ahead, limit, provider, kNow, kNow + span)) {
      std::string line = std::to_string((one.at - kNow) / kMinute) + ": " + std::string(name(one.fate.state));
      if (one.fate.cause) line.append(" ").append(name(*one.fate.cause));
      if (one.delayed_by) line.append(", ").append(name(*one.delayed_by));
      lines.push_back(line);
    }
    return lines;
  }

  void closed_until(Micros until, MailCause cause) {
    provider.circuit.resume_open(kNow, kMinute, until);
    account.closed_by = cause;
    account.closed_until = until;
    if (!ends_by_itself(cause)) provider.refusal = cause;
  }

  AccountState account;
  RecipientLimit limit;
  ProviderState provider;
  std::map<std::string, Booking> bookings;
  std::vector<MailAhead> ahead;
};

using Lines = std::vector<std::string>;

TEST(Predict, MailLeavesWhenItIsDue) {
  Outbox outbox;
  outbox.add(kNow - kHour);
  outbox.add(kNow + kHour);
  outbox.add(kNow + kHour, "cancelled");
  EXPECT_EQ(outbox.predicted(), (Lines{"0: sent", "60: sent", "60: skipped booking_cancelled"}));
  outbox.account.mode = MailMode::kTest;
  EXPECT_EQ(outbox.predicted(), (Lines{"0: captured", "60: captured", "60: skipped booking_cancelled"}));
}

TEST(Predict, TruthIsAskedAtTheTimeOfSending) {
  Outbox outbox;
  outbox.add(day(6));
  EXPECT_EQ(outbox.predicted(30 * kDay),
            (Lines{std::to_string((day(6) - kNow) / kMinute) + ": skipped booking_over"}));
}

TEST(Predict, AHeldAccountHoldsWhateverIsDueWithoutJudgingIt) {
  Outbox outbox;
  outbox.account.paused = true;
  outbox.add(kNow);
  outbox.add(kNow + kHour, "cancelled");
  MailAhead& held = outbox.add(kNow);
  held.state = MailState::kHeld;
  held.cause = MailCause::kAccountDisabled;
  EXPECT_EQ(outbox.predicted(), (Lines{"0: held paused", "60: held paused", "0: held account_disabled"}));
}

TEST(Predict, HeldMailGoesOnUnlessItWasComposedInAnotherMode) {
  Outbox outbox;
  for (const auto mode :
       {std::optional<MailMode>(), std::optional(MailMode::kLive), std::optional(MailMode::kTest)}) {
    MailAhead& held = outbox.add(kNow);
    held.state = MailState::kHeld;
    held.cause = MailCause::kPaused;
    held.mail.made_in = mode;
  }
  EXPECT_EQ(outbox.predicted(), (Lines{"0: sent", "0: sent", "0: held mode_changed"}));
}

TEST(Predict, TheRecipientLimitSpreadsMailOverHours) {
  Outbox outbox;
  outbox.account.max_mails_per_hour = 2;
  for (int i = 0; i < 5; ++i) outbox.add(kNow);
  EXPECT_EQ(outbox.predicted(), (Lines{"0: sent", "0: sent", "60: sent, recipient_limit",
                                       "60: sent, recipient_limit", "120: sent, recipient_limit"}));
  EXPECT_EQ(outbox.predicted(90 * kMinute).back(), "120: queued recipient_limit, recipient_limit");
}

TEST(Predict, UrgentMailTakesTheTurnOfPlannedMail) {
  Outbox outbox;
  outbox.account.max_mails_per_hour = 1;
  outbox.add(kNow);
  outbox.add(kNow);
  outbox.add(kNow + kHour).priority = 0;
  EXPECT_EQ(outbox.predicted(), (Lines{"0: sent", "120: sent, recipient_limit", "60: sent"}));
}

TEST(Predict, SkippedMailTakesNoTurn) {
  Outbox outbox;
  outbox.account.max_mails_per_hour = 1;
  outbox.add(kNow, "cancelled");
  outbox.add(kNow);
  EXPECT_EQ(outbox.predicted(), (Lines{"0: skipped booking_cancelled", "0: sent"}));
}

TEST(Predict, AQuotaDelaysWhatIsDueUntilItIsRenewed) {
  Outbox outbox;
  outbox.closed_until(kNow + 2 * kHour, MailCause::kDailyQuota);
  outbox.add(kNow);
  outbox.add(kNow, "cancelled");
  outbox.add(kNow + 3 * kHour);
  EXPECT_EQ(outbox.predicted(),
            (Lines{"120: sent, daily_quota", "120: skipped booking_cancelled, daily_quota", "180: sent"}));
  EXPECT_EQ(outbox.predicted(kHour).front(), "0: queued, daily_quota");
}

TEST(Predict, ARefusalIsExpectedAgainAndOnlyUntrueMailIsSettled) {
  Outbox outbox;
  outbox.closed_until(kNow + kHour, MailCause::kKeyRefused);
  outbox.add(kNow, "cancelled");
  outbox.add(kNow);
  outbox.add(kNow, "cancelled");
  EXPECT_EQ(outbox.predicted(), (Lines{"60: skipped booking_cancelled, key_refused",
                                       "0: queued key_refused, key_refused", "0: queued, key_refused"}));
}

TEST(Predict, NothingIsRefusedInTestMode) {
  Outbox outbox;
  outbox.account.mode = MailMode::kTest;
  outbox.add(kNow);
  EXPECT_EQ(outbox.predicted(), (Lines{"0: captured"}));
}

TEST(Predict, AShorterReminderThatIsDueByThenSupersedes) {
  Outbox outbox;
  outbox.remind(kNow, kDay);
  outbox.remind(kNow + kHour, kHour);
  EXPECT_EQ(outbox.predicted(), (Lines{"0: sent", "60: sent"}));
  outbox.closed_until(kNow + 2 * kHour, MailCause::kDailyQuota);
  EXPECT_EQ(outbox.predicted(), (Lines{"120: skipped superseded, daily_quota", "120: sent, daily_quota"}));
}

}  // namespace
}  // namespace calcom::test
