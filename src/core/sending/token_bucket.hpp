// How fast one key may send: a token bucket that is set by the provider's ratelimit headers. All keys of a
// team share one limit, and other programs may use it too: a fifth of it is left to them. Plain data without
// pointers, because workers of several databases share one bucket in shared memory.
#pragma once

#include "core/base/value.hpp"
#include "core/sending/resend.hpp"

namespace calcom {

// If a time is earlier than the last one by more than this, the clock was set back. Smaller differences are
// normal between processes.
inline constexpr Micros kClockSetBack = 5 * kSecond;

class TokenBucket {
 public:
  // Requests that may start now.
  int available(Micros now);
  void take(int count) { tokens_ -= count; }
  void give_back(int count) { tokens_ += count; }
  // When at least one request may start; `now` or earlier means at once.
  Micros ready_at(Micros now);
  void learn(const RateAdvice& advice);
  void close(Micros until);  // the provider asked to wait
  void reopen() { closed_until_ = 0; }
  Micros closed_until() const { return closed_until_; }
  double per_second() const { return per_second_; }
  int limit() const { return limit_; }          // as last reported; 0: never
  int remaining() const { return remaining_; }  // in the window, as last reported

 private:
  void refill(Micros now);
  double per_second_ = 2;  // the provider's lowest known limit; the first answer sets the real one
  double tokens_ = 2;
  double capacity_ = 2;  // the most tokens that are saved while nothing is sent
  int limit_ = 0;
  int remaining_ = 0;
  Micros refilled_at_ = 0;
  Micros closed_until_ = 0;  // the window or a quota is used up, by any sender
};

}  // namespace calcom
