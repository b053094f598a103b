// The one judge of mail: what becomes of a due row of email_outbox, and why. The worker asks it before every attempt;
// calcom_simulate() asks it for times to come.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/booking/merge.hpp"
#include "core/mail/mail_state.hpp"
#include "core/sending/recipient_limit.hpp"

namespace calcom {

// An outcome that cannot be judged now is looked at again after this time.
inline constexpr Micros kUnreadablePause = 10 * kMinute;

enum class KeyState : std::uint8_t { kSet, kMissing, kUnreadable };

struct AccountState {
  MailMode mode = MailMode::kTest;
  bool disabled = false;
  bool paused = false;
  bool has_sender = false;
  bool has_redirect_address = false;
  KeyState key = KeyState::kMissing;   // of the provider; asked only of an account that sends
  std::string not_armed;               // why this environment may not send; empty: it may
  int max_mails_per_hour = 0;          // to one recipient; 0: no limit
  std::optional<Micros> max_mail_age;  // nullopt: no limit
  Micros closed_until = 0;             // the provider takes no mail of the account until then
  std::optional<MailCause> closed_by;  // why
  bool sends() const { return mode != MailMode::kTest; }
};

// Another reminder of the same booking, start and recipient.
struct OtherReminder {
  Micros before = 0;  // of its rule
  MailState state = MailState::kQueued;
  Micros send_after = 0;
};

struct DueMail {  // what is asked of a row of email_outbox
  MailId id{};
  std::optional<MailKind> kind;  // nullopt: a kind that this version does not know
  std::string recipient;         // as a key
  std::optional<Micros> start_time, first_attempt_at;
  Micros owed_at = 0;
  std::optional<MailMode> made_in;        // nullopt: not composed yet
  bool in_doubt = false;                  // an earlier attempt may have arrived
  std::optional<std::string> suppressed;  // why its recipient is not mailed
  bool booking_unreadable = false;        // written by a later version
  std::optional<Micros> before;           // of a reminder: of its rule
  std::vector<OtherReminder> reminders;   // of a reminder: of the same booking, start and recipient
  std::vector<Micros> others;             // RecipientLimit::others()
};

struct MailFate {
  MailState state = MailState::kQueued;  // kSending: compose it and send it
  std::optional<MailCause> cause;
  std::string reason;           // for people; empty where there is no cause
  std::optional<Micros> again;  // of kQueued: not before
};

// Why no mail of the account may leave or be captured; nullopt: it may.
std::optional<MailFate> held(const AccountState& account);

// What becomes of a mail that is due at `now`. `booking` is null where there is none.
MailFate judge(const DueMail& mail, const AccountState& account, const Booking* booking, Micros now);

// As judge(), of an account that is not held and whose provider takes mail: the mail's own fate.
MailFate judge_mail(const DueMail& mail, const AccountState& account, const Booking* booking, Micros now);

}  // namespace calcom
