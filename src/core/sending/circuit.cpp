// See circuit.hpp.
#include "core/sending/circuit.hpp"

#include <algorithm>

namespace calcom {

int Circuit::allowed(Micros now, int wish) const {
  if (!open_) return wish;
  return !probing_ && now >= probe_at_ ? std::min(wish, 1) : 0;
}

void Circuit::answered() {
  if (!deaf()) *this = Circuit();
}

void Circuit::stopped(Micros now, std::optional<Micros> pause) {
  if (deaf()) return;
  const Micros grown = pause_ == 0 ? kFirstPause : std::min(2 * pause_, kLongestPause);
  pause_ = std::min(pause.value_or(grown), kLongestWait);
  open_ = true;
  probing_ = false;
  probe_at_ = now + pause_;
}

void Circuit::stumbled(Micros now) {
  if (++stumbles_ >= kStumbles || probing_) stopped(now);
}

void Circuit::probe_soon(Micros now) {
  if (!open_) return;
  pause_ = 0;
  probe_at_ = now;
}

void Circuit::resume_open(Micros now, Micros pause, Micros probe_at) {
  open_ = true;
  pause_ = pause;
  probe_at_ = std::min(probe_at, now + kLongestWait);
}

}  // namespace calcom
