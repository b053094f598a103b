// Which details of a booking an event carries. Not every field of a body is reliable: some
// are raw, stale, of another person or secret (docs/lifecycle.md), so each detail names the triggers it is
// taken from.
#pragma once

#include "core/booking/event.hpp"
#include "core/booking/payload_reader.hpp"

namespace calcom {

// True for the nine triggers whose payload is a booking.
bool is_booking_trigger(Trigger trigger);

// Fills event.details; event.trigger and event.seated are set.
void read_details(PayloadReader& payload, Event& event);

}  // namespace calcom
