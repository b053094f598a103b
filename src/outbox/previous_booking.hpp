// The booking and the start that a recipient had before a move. The mail about the move names the earlier
// start and updates the calendar entry of the earlier booking.
#pragma once

#include <optional>
#include <string>

#include "core/booking/booking.hpp"
#include "outbox/mail_account.hpp"
#include "pg/spi.hpp"

namespace calcom::outbox {

// The booking that the recipient was moved from. If the recipient's seat was moved: the booking that had the
// seat. Otherwise: the booking that was rescheduled into this one. Empty: there was no move.
std::string former_booking(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                           const std::string& recipient);

// The last start other than `start`: from the mails to the recipient for this booking, else from the former
// booking, else from this booking before it was moved in place. Returns nullopt if there is no such start,
// or if only the end differs from the last mail.
std::optional<Micros> former_start(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                                   const std::string& recipient, Micros start);

}  // namespace calcom::outbox
