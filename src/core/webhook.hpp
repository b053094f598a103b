// Names on the wire between Cal.com and whoever receives its webhooks. The proxy needs the header's name too
// and nothing else of this floor, so it stands alone.
#pragma once

#include <string_view>

namespace calcom {

// Hex HMAC-SHA256 of the exact body bytes under the subscription's secret.
inline constexpr std::string_view kSignatureHeader = "X-Cal-Signature-256";

}  // namespace calcom
