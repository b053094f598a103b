// The origin of the change that is being made to bookings. The merge sets the event and the actor, the history trigger
// reads them, so that every path that changes a booking (a typed UPDATE too) writes its row of booking_history.
#pragma once

#include <string>

#include "pg/text.hpp"

namespace calcom::store {

using namespace pg;

struct ChangeOrigin {
  bool has_event = false;
  pg_uuid_t event_id{};
  const char* actor = nullptr;  // null: the current SQL role
};

const ChangeOrigin& current_origin();

// Sets the origin for its lifetime; C++ unwinding restores the outer one on every error.
class OriginScope {
 public:
  OriginScope(const pg_uuid_t& event_id, const char* actor);
  explicit OriginScope(const char* actor);  // a change of ours that is not caused by a single event
  ~OriginScope();
  OriginScope(const OriginScope&) = delete;
  OriginScope& operator=(const OriginScope&) = delete;

 private:
  ChangeOrigin outer_;
};

// "role NAME" (the role outside of definer functions), followed by " (claim X)" if the request's JWT names a person.
// Any session can set the claims, so they never replace the role.
std::string calling_actor();

}  // namespace calcom::store
