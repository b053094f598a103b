// One due row becomes the exact bytes of a request, once: what is frozen here is repeated unchanged by every
// later attempt.
#pragma once

#include "core/booking/merge.hpp"
#include "outbox/mail_account.hpp"

namespace calcom::outbox {

struct DueMail {  // a row of email_outbox that is locked and due
  pg_uuid_t id;
  std::string kind, booking_uid, recipient, suppressed, idempotency_key, mail_mode, request;
  std::optional<Micros> start_time, first_attempt_at;
  Micros owed_at = 0;
  bool in_doubt = false;     // an attempt may have arrived
  bool overtaken = false;    // a reminder: that of a shorter rule is due as well
  std::vector<Micros> sent;  // when the newest mails of the last hour went to the same recipient
  std::int32_t attempts = 0;
};

// What the recipient will see, and the request that brings it.
struct Frozen {
  std::string subject, html, text;
  std::string calendar;  // the calendar file; empty where there is none
  std::string request;
};

// The SEQUENCE of a calendar file only rises: a mail that may be sent takes the next one, a preview looks.
enum class Sequence : bool { kTake, kLook };

Frozen compose(pg::Spi& spi, const MailAccount& account, const DueMail& mail, MailKind kind,
               const Booking& booking, Sequence sequence = Sequence::kTake);

}  // namespace calcom::outbox
