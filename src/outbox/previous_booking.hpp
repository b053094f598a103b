// The booking that a recipient had before it moved. A rescheduled mail names the former time and moves the calendar entry of
// that booking.
#pragma once

#include <optional>
#include <string>

#include "core/booking/booking.hpp"
#include "outbox/mail_account.hpp"
#include "pg/spi.hpp"

namespace calcom::outbox {

// The booking that the recipient came from: for all, the one that was rescheduled into this one; for who
// moved a seat, the one that the seat was in. Empty: the recipient came from nowhere.
std::string former_booking(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                           const std::string& recipient);

// A start other than `start`: the one in the recipient's last mail about this booking, else that of the former booking, else
// that of this booking before it was moved in place. nullopt: only the end changed since the recipient's last mail.
std::optional<Micros> former_start(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                                   const std::string& recipient, Micros start);

}  // namespace calcom::outbox
