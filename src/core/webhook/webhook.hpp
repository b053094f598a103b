// Names on the wire between Cal.com or Resend and the receiver of their webhooks. The proxy needs the
// headers' names too and nothing else of this floor, so they stand alone.
#pragma once

#include <string_view>

namespace calcom {

// Hex HMAC-SHA256 of the exact body bytes under the subscription's secret.
inline constexpr std::string_view kSignatureHeader = "X-Cal-Signature-256";

// Standard Webhooks: Resend sends the first set, the specification names the second.
struct WebhookHeaders {
  std::string_view id, timestamp, signature;
};
inline constexpr WebhookHeaders kSvixHeaders{"svix-id", "svix-timestamp", "svix-signature"};
inline constexpr WebhookHeaders kStandardHeaders{"webhook-id", "webhook-timestamp", "webhook-signature"};

}  // namespace calcom
