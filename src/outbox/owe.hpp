// Queues the mails that bookings owe.
#pragma once

#include "core/booking/booking.hpp"
#include "pg/spi.hpp"
#include "store/stored_event.hpp"

namespace calcom::outbox {

using namespace pg;
using namespace store;

// Writes to the outbox what `after` owes and `before` did not. Baseline rows hold the key and are never sent:
// what old events owe has been sent, or is too late.
void note_mails(Spi& spi, const std::string& account, const std::optional<pg_uuid_t>& event_id,
                const Booking* before, const Booking& after, Mails mails);

}  // namespace calcom::outbox
