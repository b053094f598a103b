// The people of a booking: who booked, who comes, and who hosts. Hosts stand among the attendees in some
// events of team bookings; they must not be written to, so they are taken out wherever they become known.
#pragma once

#include "core/booking/event.hpp"
#include "core/booking/payload_reader.hpp"

namespace calcom {

// organizer and team.members into `event.host_emails`.
void read_hosts(PayloadReader& payload, Event& event);

// attendees without hosts; read_hosts comes first.
void read_attendees(PayloadReader& payload, Event& event);

// The locale of a person: language {locale}, language as text, or locale of a raw database row.
std::optional<std::string> read_locale(PayloadReader& person);

}  // namespace calcom
