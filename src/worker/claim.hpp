// The first of the two transactions around a mail: due rows are locked, judged, rendered and written back
// once, with the state that this leads to.
#pragma once

#include <algorithm>
#include <map>

#include "core/circuit.hpp"
#include "worker/lease.hpp"
#include "worker/rate.hpp"

namespace calcom::worker {

// What is known of one account's way to the provider. In this process only; the next worker learns it anew,
// but for an open circuit.
struct Sender {
  KeyRate rate;  // of its key, shared with other databases
  Circuit circuit;
  Micros wait_until = 0;    // 429: the whole sender pauses
  std::string stop_reason;  // the answer that opened the circuit, or may come to open it
};
class Senders {
 public:
  // An earlier worker left with an open circuit: every sender begins with a probe.
  void inherit(Micros pause) { inherited_ = pause; }
  Sender& of(const std::string& account) {
    const auto [found, fresh] = senders_.try_emplace(account);
    if (fresh && inherited_) found->second.circuit.resume_open(*inherited_);
    return found->second;
  }
  void probe_soon(Micros now) {
    for (auto& [account, sender] : senders_) sender.circuit.probe_soon(now);
  }
  std::string stop_reason() const {  // of the first open circuit
    for (const auto& [account, sender] : senders_)
      if (sender.circuit.open()) return sender.stop_reason;
    return {};
  }
  // The longest pause of an open circuit; nullopt: all are closed.
  std::optional<Micros> open_circuit() const {
    std::optional<Micros> pause;
    for (const auto& [account, sender] : senders_)
      if (sender.circuit.open()) pause = std::max(pause.value_or(0), sender.circuit.pause());
    return pause;
  }

 private:
  std::map<std::string, Sender> senders_;
  std::optional<Micros> inherited_;
};

struct Outgoing {  // a row in state sending: committed, so it may leave
  std::string account;
  pg_uuid_t id;
  std::int32_t attempt = 0;
  Micros first_attempt_at = 0;
  std::string idempotency_key, key, request;
};

struct Round {
  std::vector<Outgoing> outgoing;
  std::int64_t captured = 0, failed = 0;
  bool wants_answer =
      false;           // more is due than may go now: look again when an answer frees a slot or the circuit
  Micros look_at = 0;  // when to look again by the clock; 0: nothing is scheduled
};

Round claim(pg::Spi& spi, const Lease& lease, Senders& senders, int slots);

}  // namespace calcom::worker
