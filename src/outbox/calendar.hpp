// The calendar file of a mail: Cal.com's own where it fits what the mail says, else one of ours.
#pragma once

#include <optional>

#include "core/mail/email.hpp"
#include "core/mail/ics.hpp"
#include "outbox/compose.hpp"

namespace calcom::outbox {

// nullopt: the mail brings no file, neither a kind that changes nothing in a calendar nor a copy to the host,
// whose calendar is Cal.com's matter.
std::optional<IcsMethod> calendar_method(const EmailInput& input);

// Also of a mail that brings none itself: its reader has it from an earlier one.
bool wants_calendar_file(const MailAccount& account, const EmailInput& input);

// Of a mail that has a method and wants one.
std::string calendar_file(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                          const EmailInput& input, const Email& email, Sequence sequence);

}  // namespace calcom::outbox
