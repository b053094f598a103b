// What the worker will do with the mail of one account, if nothing changes but the time: judge() asked at the times at
// which the worker will ask it, in the worker's order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/sending/circuit.hpp"
#include "core/sending/judge.hpp"

namespace calcom {

struct MailAhead {  // a row of email_outbox that is not settled, or a reminder that is not queued yet
  DueMail mail;
  std::string booking_uid;
  const Booking* booking = nullptr;
  int priority = 1;
  Micros due = 0;
  MailState state = MailState::kQueued;  // kQueued, kHeld or kSending
  std::optional<MailCause> cause;        // as stored
  std::string reason;                    // as stored
};

// The account's circuit, and what the provider is expected to answer when it is asked again: what it answered last,
// unless it named a time at which the mail goes on.
struct ProviderState {
  Circuit circuit;
  std::optional<MailCause> refusal;
  std::optional<Micros> pause;  // of a refusal that keeps its own pause
};

struct Prediction {
  Micros at = 0;
  MailFate fate;                        // kSent in the place of kSending
  std::optional<MailCause> delayed_by;  // why later than due
  std::string delay_reason;
};

// One prediction for each mail of `ahead`, in its order. Mail that has not been decided by `until` stays queued.
// `limit` knows what was sent to the recipients, or is planned, at `now`.
std::vector<Prediction> predict(const AccountState& account, const std::vector<MailAhead>& ahead,
                                RecipientLimit limit, ProviderState provider, Micros now, Micros until);

}  // namespace calcom
