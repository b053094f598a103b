// See cause.hpp.
#include "pg/cause.hpp"

namespace calcom::pg {

namespace {
constinit Cause cause;
}

const Cause& current_cause() {
  return cause;
}

CauseScope::CauseScope(const pg_uuid_t& event_id, const char* actor) : outer_(cause) {
  cause = {true, event_id, actor};
}

CauseScope::CauseScope(const char* actor) : outer_(cause) {
  cause = {false, {}, actor};
}

CauseScope::~CauseScope() {
  cause = outer_;
}

}  // namespace calcom::pg
