// Signatures after the Standard Webhooks specification, as Resend (Svix) sends them: base64 of HMAC-SHA256
// over id "." timestamp "." raw body. The clock is a parameter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/value.hpp"

namespace calcom {

// Svix's own limit, both sides of now and inclusive.
inline constexpr Micros kWebhookTolerance = 5 * kMinute;

struct SignedWebhook {
  std::string_view id, timestamp, signature;  // the headers' values
  std::string_view body;                      // exact bytes
};

// Why a webhook was not accepted; never tells how far a comparison came.
enum class WebhookVerdict : std::uint8_t {
  kValid,
  kMissing,      // one of the three headers is empty
  kMalformed,    // the timestamp is not a whole number of seconds
  kSecretUnfit,  // our secret is empty or not base64
  kWrong,        // no v1 entry matches: another secret or other bytes
  kOutsideTime,  // signed with our secret, but too long ago or in the future
};

// `signature` is a list of "v1,<base64>" separated by spaces; entries of other versions are passed over. The
// secret may begin with "whsec_". Stricter than the reference where that is lax: the timestamp is all digits,
// and an empty key is no key.
WebhookVerdict verify_webhook(const SignedWebhook& webhook, std::string_view secret, Micros now,
                              Micros tolerance);

// "v1,<base64>"; empty when the secret is unfit.
std::string sign_webhook(std::string_view id, std::string_view timestamp, std::string_view body,
                         std::string_view secret);

}  // namespace calcom
