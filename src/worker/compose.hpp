// One due row becomes the exact bytes of a request, once: what is frozen here is repeated unchanged by every
// later attempt.
#pragma once

#include "core/merge.hpp"
#include "worker/account.hpp"

namespace calcom::worker {

struct DueMail {  // a row of email_outbox that is locked and due
  pg_uuid_t id;
  std::string kind, booking_uid, recipient, suppressed, idempotency_key, mail_mode, request;
  std::optional<Micros> start_time, first_attempt_at;
  std::vector<Micros> sent;  // when the newest mails of the last hour went to the same recipient
  std::int32_t attempts = 0;
};

std::optional<MailKind> mail_kind(std::string_view name);

struct Frozen {
  std::string subject;
  std::string request;
};
Frozen compose(pg::Spi& spi, const Account& account, const DueMail& mail, MailKind kind,
               const Booking& booking);

}  // namespace calcom::worker
