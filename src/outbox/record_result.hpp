// The second of the two transactions around a mail: what became of the requests that ended, many rows in one
// statement, fenced by lease and attempt so that only who sent a mail can settle it.
#pragma once

#include "net/transport.hpp"
#include "outbox/claim.hpp"

namespace calcom::outbox {

struct Finished {  // an answered request, judged, waiting to be written
  std::string account, reason, provider_id, provider_message;
  MailState state = MailState::kQueued;
  std::optional<MailCause> cause;
  pg_uuid_t id;
  std::int32_t attempt = 0;
  bool not_counted = false;             // the attempt does not count
  bool in_doubt = false;                // this attempt or an earlier one may have arrived
  bool never_reached_provider = false;  // not counted, and no earlier attempt can have arrived
  bool recompose = false;               // therefore it may be composed again, under a new key
  std::optional<Micros> again;          // queued: not before
};

// Judges one answer for the row and for the sender.
Finished judge_answer(const Outgoing& sent, const Answer& answer, SendState& sender, Micros now,
                      std::uint64_t dice);

void record(pg::Spi& spi, const Lease& lease, const std::vector<Finished>& finished);

}  // namespace calcom::outbox
