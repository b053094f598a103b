// One due row becomes the exact bytes of a request, once: what is frozen here is repeated unchanged by every
// later attempt.
#pragma once

#include "core/booking/merge.hpp"
#include "outbox/mail_account.hpp"
#include "outbox/outbox_row.hpp"

namespace calcom::outbox {

// What the recipient will see, and the request that brings it.
struct Frozen {
  std::string subject, html, text;
  std::string calendar;  // the calendar file; empty where there is none
  std::string request;
};

// The SEQUENCE of a calendar file only rises: a mail that may be sent takes the next one, a preview looks.
enum class Sequence : bool { kTake, kLook };

Frozen compose(pg::Spi& spi, const MailAccount& account, const OutboxRow& row, MailKind kind,
               const Booking& booking, Sequence sequence = Sequence::kTake);

}  // namespace calcom::outbox
