// Every stamp in a booking's facts: for the writer of the stored form, which keeps each once, and
// for the rebuild, which asks whether the log still has the events that they come from.
#pragma once

#include "core/booking/booking.hpp"

namespace calcom {

template <typename Visit>
void each_stamp(const Seat& seat, Visit visit) {
  for (const auto* stamp : {&seat.added, &seat.booked, &seat.cancelled, &seat.confirmed, &seat.moved_in,
                            &seat.moved_out, &seat.no_show_stamp, &seat.seat_uid_stamp})
    if (*stamp) visit(**stamp);
}

template <typename Visit>
void each_stamp(const Facts& facts, Visit visit) {
  for (const auto* stamp : {&facts.born, &facts.first, &facts.newest, &facts.moved, &facts.booker_stamp})
    if (*stamp) visit(**stamp);
  for (const auto& held : facts.details)
    if (held) visit(held->stamp);
  for (const auto& [email, seat] : facts.seats) each_stamp(seat, visit);
  for (const Link& link : facts.predecessors) visit(link.stamp);
  for (const Link& link : facts.successors) visit(link.stamp);
}

}  // namespace calcom
