// The first of the two transactions around a mail: due rows are locked, judged, rendered and written back
// once, with the state that this leads to.
#pragma once

#include "outbox/send_state.hpp"
#include "outbox/worker_epoch.hpp"

namespace calcom::outbox {

struct Outgoing {  // a row in state sending: committed, so it may leave
  std::string account;
  pg_uuid_t id;
  std::int32_t attempt = 0;
  Micros first_attempt_at = 0;
  bool in_doubt = false;  // an earlier attempt may have arrived
  std::string idempotency_key, key, request;
  std::string domain;  // that the request is from: the account may have another sender by now
};

struct Round {
  bool apart = false;  // given: the last round failed, so each mail is judged by itself
  std::vector<Outgoing> outgoing;
  std::int64_t captured = 0, failed = 0;
  bool wants_answer =
      false;           // more is due than may go now: look again when an answer frees a slot or the circuit
  Micros look_at = 0;  // when to look again by the clock; 0: nothing is scheduled
};

// Fills `round`, which holds what was begun even where this throws.
void claim(pg::Spi& spi, const Lease& lease, SendStates& senders, int slots, Round& round);

}  // namespace calcom::outbox
