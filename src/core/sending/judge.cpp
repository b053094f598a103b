// The order of the questions is the order of what is reported where several answers hold.
#include "core/sending/judge.hpp"

#include <algorithm>

#include "core/booking/booking_detail.hpp"
#include "core/mail/mail_age.hpp"
#include "core/sending/retry.hpp"

namespace calcom {

namespace {

MailFate fate(MailState state, MailCause cause) {
  return {state, cause, std::string(sentence(cause)), {}};
}

MailFate put_off(MailCause cause, Micros until) {
  return {MailState::kQueued, cause, std::string(sentence(cause)), until};
}

std::optional<MailCause> why_held(const AccountState& account) {
  if (account.disabled) return MailCause::kAccountDisabled;
  if (account.paused) return MailCause::kPaused;
  if (!account.sends()) return std::nullopt;
  if (account.key == KeyState::kUnreadable) return MailCause::kKeyUnreadable;
  if (!account.has_sender) return MailCause::kNoSender;
  if (account.key == KeyState::kMissing) return MailCause::kNoKey;
  if (account.mode == MailMode::kRedirect && !account.has_redirect_address)
    return MailCause::kNoRedirectAddress;
  // Mail leaves only from the environment that went live, not from a copy of it.
  if (!account.not_armed.empty()) return MailCause::kNotArmed;
  return std::nullopt;
}

// A reminder of a shorter rule was sent or is due as well: nobody is reminded twice at once.
bool superseded(const DueMail& mail, Micros now) {
  if (!mail.before) return false;
  return std::any_of(mail.reminders.begin(), mail.reminders.end(), [&](const OtherReminder& other) {
    if (other.before >= *mail.before) return false;
    switch (other.state) {
      case MailState::kHeld:
      case MailState::kSending:
      case MailState::kSent:
      case MailState::kCaptured:
        return true;
      case MailState::kQueued:
        return other.send_after <= now;
      default:
        return false;
    }
  });
}

}  // namespace

std::optional<MailFate> held(const AccountState& account) {
  const auto cause = why_held(account);
  if (!cause) return std::nullopt;
  MailFate held = fate(MailState::kHeld, *cause);
  if (cause == MailCause::kNotArmed) held.reason = account.not_armed;
  return held;
}

MailFate judge_mail(const DueMail& mail, const AccountState& account, const Booking* booking, Micros now) {
  if (!mail.kind) return fate(MailState::kFailed, MailCause::kUnknownKind);
  if (superseded(mail, now)) return fate(MailState::kSkipped, MailCause::kSuperseded);
  if (mail.suppressed) {
    MailFate skipped = fate(MailState::kSkipped, MailCause::kSuppressed);
    skipped.reason += ": " + *mail.suppressed;
    return skipped;
  }
  if (mail.made_in && *mail.made_in != account.mode) return fate(MailState::kHeld, MailCause::kModeChanged);
  if (mail.in_doubt && mail.first_attempt_at && now - *mail.first_attempt_at > kIdempotencyWindow)
    return fate(MailState::kUncertain, MailCause::kOutcomeUnknown);
  if (mail.booking_unreadable) return put_off(MailCause::kBookingUnreadable, now + kUnreadablePause);
  if (booking == nullptr) return fate(MailState::kSkipped, MailCause::kBookingMissing);
  const Instant meant{mail.start_time.value_or(instant_of(*booking, Detail::kStartTime).value_or(0))};
  if (const auto untrue = why_untrue(*mail.kind, mail.recipient, meant, *booking, now))
    return fate(MailState::kSkipped, *untrue);
  if (!mail.in_doubt && too_old(*mail.kind, mail.owed_at, account.max_mail_age, now))
    return fate(MailState::kSkipped, MailCause::kTooOld);
  if (!account.sends()) return {MailState::kCaptured, {}, {}, {}};
  // A repetition is no further mail.
  if (const Micros turn = next_turn(account.max_mails_per_hour, mail.others, now);
      turn > now && !mail.first_attempt_at)
    return put_off(MailCause::kRecipientLimit, turn);
  return {MailState::kSending, {}, {}, {}};
}

MailFate judge(const DueMail& mail, const AccountState& account, const Booking* booking, Micros now) {
  if (auto fate = held(account)) return *std::move(fate);
  if (account.sends() && account.closed_by && account.closed_until > now)
    return put_off(*account.closed_by, account.closed_until);
  return judge_mail(mail, account, booking, now);
}

}  // namespace calcom
