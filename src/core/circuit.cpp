// See circuit.hpp.
#include "core/circuit.hpp"

#include <algorithm>

namespace calcom {

int Circuit::allowed(Micros now, int wish) const {
  if (!open_) return wish;
  return !probing_ && now >= probe_at_ ? std::min(wish, 1) : 0;
}

void Circuit::answered() {
  *this = Circuit();
}

// Answers to requests that were in flight when the circuit opened say nothing new.
void Circuit::stopped(Micros now) {
  if (open_ && !probing_) return;
  pause_ = pause_ == 0 ? kFirstPause : std::min(2 * pause_, kLongestPause);
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

void Circuit::resume_open(Micros pause) {
  open_ = true;
  pause_ = pause;
}

}  // namespace calcom
