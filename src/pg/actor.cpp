// See actor.hpp.
#include "pg/actor.hpp"

namespace calcom::pg {

namespace {

std::string claimed_email(Spi& spi, Oid role) {
  static constinit Statement statement{
      "select pg_catalog.left(@extschema@.calcom_claim_email(), 320)"
      " where @extschema@.calcom_believes_claims_of($1::pg_catalog.regrole)"};
  const Rows rows = spi.run(statement, Params().add(OIDOID, ObjectIdGetDatum(role)));
  return rows.empty() ? std::string() : rows.text(0, 1);
}

}  // namespace

std::string calling_actor(Spi& spi) {
  const Oid role = GetOuterUserId();
  const char* name = call([=] { return GetUserNameFromId(role, true); });
  std::string actor = std::string("role ") + (name == nullptr ? "unknown" : name);
  const std::string email = claimed_email(spi, role);
  return email.empty() ? actor : actor + " as " + email;
}

}  // namespace calcom::pg
