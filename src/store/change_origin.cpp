#include "store/change_origin.hpp"

#include "core/base/claims.hpp"

namespace calcom::store {

namespace {
constinit ChangeOrigin origin;
}

const ChangeOrigin& current_origin() {
  return origin;
}

OriginScope::OriginScope(const pg_uuid_t& event_id, const char* actor) : outer_(origin) {
  origin = {true, event_id, actor};
}

OriginScope::OriginScope(const char* actor) : outer_(origin) {
  origin = {false, {}, actor};
}

OriginScope::~OriginScope() {
  origin = outer_;
}

std::string calling_actor() {
  const char* name = call([] { return GetUserNameFromId(GetOuterUserId(), true); });
  const char* claims = call([] { return GetConfigOption("request.jwt.claims", true, false); });
  const std::string claimed = claims == nullptr ? std::string() : claimed_identity(claims);
  return std::string("role ") + (name == nullptr ? "unknown" : name) +
         (claimed.empty() ? "" : " (claim " + claimed + ")");
}

}  // namespace calcom::store
