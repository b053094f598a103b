// Where a recipient's place was before it moved: a mail that tells of the move names the former time, and the
// calendar entry of then is the one to move.
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

// Another start than `start`: the last one that the recipient was told of this booking, else that of the
// former booking, else that of this one before it was moved in place. None where only the end is another one
// than the last that the recipient was told.
std::optional<Micros> former_start(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                                   const std::string& recipient, Micros start);

}  // namespace calcom::outbox
