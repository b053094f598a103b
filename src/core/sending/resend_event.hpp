// What Resend tells after it has taken a mail: its webhook's body as a flat record, and what the record means
// for the mail's delivery status and for the recipient. Resend's specification and its documentation disagree
// about fields, so every one is optional and every word is text; a type that we do not know means nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/value.hpp"

namespace calcom {

struct ResendEvent {
  std::string type;                  // "email.bounced"; empty when there is none
  std::optional<Micros> created_at;  // when it happened
  std::string email_id;              // Resend's id of the mail
  std::string outbox_id;             // our tag; empty: not our mail, or missing
  std::string recipient;             // the address concerned, as a key; empty unless there is exactly one
  std::string bounce_type;           // "Permanent", "Transient", "Undetermined", or whatever comes
  std::string detail;                // one word or two of the provider's about why; never its message text
};

// nullopt when the bytes are no JSON object. All text is valid UTF-8 without U+0000.
std::optional<ResendEvent> parse_resend_event(std::string_view body);

// The delivery status that an event brings: its type without "email."; empty when it brings none.
std::string_view delivery_status(const ResendEvent& event);

// A mail's status as a join: whatever order events come in, the same one stays. The furthest wins, so that a
// late `delivered` never hides `complained`; among equally far ones the latest, then the later name.
struct DeliveryStatus {
  std::string name;  // empty: nothing heard yet
  Micros at = 0;
};
bool supersedes(const DeliveryStatus& heard, const DeliveryStatus& standing);

enum class Suppression : std::uint8_t { kNone, kAdd, kLift };
struct SuppressionAct {
  Suppression act = Suppression::kNone;
  std::string reason;  // of kAdd: "bounced", "complained", "suppressed by the provider"
};
// Only what is final suppresses: a full mailbox (transient bounce) does not.
SuppressionAct suppression_act(const ResendEvent& event);

}  // namespace calcom
