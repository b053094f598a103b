// What each trigger means to a booking's life: one row per trigger, so that a new trigger is a new row and
// nothing else. Internal to the merge.
#pragma once

#include <cstdint>

#include "core/booking/booking.hpp"
#include "core/booking/event.hpp"

namespace calcom {

struct Effect {
  bool changes = false;   // changes a booking's state or details
  std::uint8_t rank = 0;  // order among writes of one instant
  bool lists = false;     // says that the listed people are there; all others never add anybody
  bool born = false;      // a first word about its uid
  bool replaces = false;  // with a rescheduleUid: this booking replaces that one
};

Effect effect_of(Trigger trigger);

// The step that this event vouches for; kPlaceholder when none.
Step step_of(const Event& event);

// The predecessor that the event names, empty when none: its uid moves to rescheduled, its people here.
std::string_view predecessor_of(const Event& event);

// A RESCHEDULED that keeps the uid. One that names no predecessor is taken so too: the time is another one.
bool moves_in_place(const Event& event);

}  // namespace calcom
