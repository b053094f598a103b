// Who and what is changing bookings right now. The merge sets it, the history trigger reads it: so every path
// that changes a booking, a hand-typed UPDATE too, leaves its row in booking_history.
#pragma once

#include "pg/text.hpp"

namespace calcom::pg {

struct Cause {
  bool has_event = false;
  pg_uuid_t event_id{};
  const char* actor = nullptr;  // null: the SQL role at work
};

const Cause& current_cause();

// Sets the cause for its lifetime; C++ unwinding takes it back on every error.
class CauseScope {
 public:
  CauseScope(const pg_uuid_t& event_id, const char* actor);
  explicit CauseScope(const char* actor);  // a change of ours that no single event is the cause of
  ~CauseScope();
  CauseScope(const CauseScope&) = delete;
  CauseScope& operator=(const CauseScope&) = delete;

 private:
  Cause outer_;
};

}  // namespace calcom::pg
