// See actor.hpp.
#include "pg/actor.hpp"

#include "core/base/claims.hpp"
#include "pg/guard.hpp"

namespace calcom::pg {

std::string calling_actor() {
  const char* name = call([] { return GetUserNameFromId(GetOuterUserId(), true); });
  const char* claims = call([] { return GetConfigOption("request.jwt.claims", true, false); });
  const std::string claimed = claims == nullptr ? std::string() : claimed_identity(claims);
  return std::string("role ") + (name == nullptr ? "unknown" : name) +
         (claimed.empty() ? "" : " (claim " + claimed + ")");
}

}  // namespace calcom::pg
