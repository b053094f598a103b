// An event from Resend's webhook as a flat record, and what it means for the mail's delivery status and for
// the recipient. Resend's specification and its documentation disagree about fields. So every field is
// optional, and every word is text. An unknown type has no effect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/value.hpp"

namespace calcom {

struct ResendEvent {
  std::string type;                  // "email.bounced"; empty if absent
  std::optional<Micros> created_at;  // when it happened
  std::string email_id;              // Resend's id of the mail
  std::string outbox_id;             // our tag; empty: not our mail, or the tag is missing
  std::string recipient;             // the recipient's address, normalized; empty unless exactly one
  std::string bounce_type;           // "Permanent", "Transient", "Undetermined", or another word
  std::string detail;                // the provider's reason in one or two words; never its message
};

// Returns nullopt if the body is not a JSON object. All text is valid UTF-8 without U+0000.
std::optional<ResendEvent> parse_resend_event(std::string_view body);

// The delivery status of an event: its type without "email."; empty if the type has no status.
std::string_view delivery_status(const ResendEvent& event);

// A mail's delivery status. The result does not depend on the order of the events. The furthest status wins,
// so that a late `delivered` never replaces `complained`. Among equals the latest wins, then the greater
// name.
struct DeliveryStatus {
  std::string name;  // empty: no event yet
  Micros at = 0;
};
bool supersedes(const DeliveryStatus& heard, const DeliveryStatus& standing);

enum class Suppression : std::uint8_t { kNone, kAdd, kLift };
struct SuppressionAct {
  Suppression act = Suppression::kNone;
  std::string reason;  // of kAdd: "bounced", "complained", "suppressed by the provider"
};
// Only final events suppress a recipient: a full mailbox (transient bounce) does not.
SuppressionAct suppression_act(const ResendEvent& event);

}  // namespace calcom
