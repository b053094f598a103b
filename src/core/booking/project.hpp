// One booking's facts as people see them; the chain around it is project_chain's matter (chain.cpp).
#pragma once

#include <string_view>

#include "core/booking/booking.hpp"

namespace calcom {

// Everything but root_uid.
Booking project(std::string_view uid, const Facts& facts);

// The booking that this one was made from by rescheduling, empty when it is a start: of several the one heard
// of at the oldest stamp. A seated booking that was booked before anybody moved into it is a start of its
// own.
std::string_view parent_uid(const Facts& facts);

}  // namespace calcom
