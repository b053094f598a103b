// The states of a mail and the modes in which mail is made.
#pragma once

#include <cstdint>

#include "core/base/words.hpp"

namespace calcom {

// email_outbox.state
enum class MailState : std::uint8_t {
  kQueued,     // waits for its time, or for the provider
  kSending,    // committed, on its way; the answer decides
  kSent,       // the provider has it
  kCaptured,   // test mode: composed and kept, never sent
  kHeld,       // the account may not send; goes on when it may
  kSkipped,    // not true any more, suppressed or too old
  kCancelled,  // withdrawn by an operator or by a change of settings
  kFailed,     // refused, or too many attempts
  kUncertain   // may have been sent; a person decides
};
template <>
struct Words<MailState> {
  static constexpr auto list = std::to_array<std::string_view>(
      {"queued", "sending", "sent", "captured", "held", "skipped", "cancelled", "failed", "uncertain"});
  static constexpr auto kLast = MailState::kUncertain;
};

// The state changes no more by itself: email_outbox.settled_at is set.
constexpr bool is_settled(MailState state) {
  return state != MailState::kQueued && state != MailState::kSending && state != MailState::kHeld;
}

// calcom_accounts.mail_mode, email_outbox.mail_mode
enum class MailMode : std::uint8_t {
  kTest,      // nothing leaves
  kRedirect,  // all mail goes to one address
  kLive
};
template <>
struct Words<MailMode> {
  static constexpr auto list = std::to_array<std::string_view>({"test", "redirect", "live"});
  static constexpr auto kLast = MailMode::kLive;
};

}  // namespace calcom
