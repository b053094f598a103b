// The second of the two transactions around a mail: records the results of finished requests, many rows in
// one statement. Lease and attempt must match, so that only the worker that sent a mail can record its
// result.
#pragma once

#include "net/transport.hpp"
#include "outbox/claim.hpp"

namespace calcom::outbox {

struct Finished {  // the result of a request, before it is written
  std::string account, reason, provider_id, provider_message;
  MailState state = MailState::kQueued;
  std::optional<MailCause> cause;
  pg_uuid_t id;
  std::int32_t attempt = 0;
  bool not_counted = false;             // the attempt is not counted
  bool in_doubt = false;                // this attempt or an earlier one may have arrived
  bool never_reached_provider = false;  // not counted, and no attempt can have been accepted
  bool recompose = false;               // remove the composed request, so that the mail is composed again
  std::optional<Micros> again;          // of kQueued: earliest next attempt
};

// Judges one answer for the row and for the sender.
Finished judge_answer(const Outgoing& sent, const Answer& answer, SendState& sender, Micros now,
                      std::uint64_t dice);

void record(pg::Spi& spi, const Lease& lease, const std::vector<Finished>& finished);

}  // namespace calcom::outbox
