// Who a verified JWT says is at work, for the audit trail: behind PostgREST and the like many people share
// one SQL role, and the role alone would not tell them apart.
#pragma once

#include <string>
#include <string_view>

namespace calcom {

// The claim `sub`, else `email`, of a JSON object of claims (setting request.jwt.claims); empty when there is
// neither. At most 200 bytes, without control characters, so that it is one readable word of a line.
std::string claimed_identity(std::string_view claims);

}  // namespace calcom
