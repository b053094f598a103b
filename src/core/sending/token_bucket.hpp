// How fast one key may send: a token bucket fed by the provider's ratelimit headers. All keys of a team share
// its limit, and others share the team, so a fifth of it is left alone. Plain data without pointers: workers
// of several databases share one in shared memory.
#pragma once

#include "core/base/value.hpp"
#include "core/sending/resend.hpp"

namespace calcom {

// A reading that lies further before the last one means that the clock was set back; less is what processes
// read one after the other.
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
  void close(Micros until);  // the provider said to wait
  void reopen() { closed_until_ = 0; }
  Micros closed_until() const { return closed_until_; }
  double per_second() const { return per_second_; }
  int limit() const { return limit_; }          // as last reported; 0: never
  int remaining() const { return remaining_; }  // of the window, as last reported

 private:
  void refill(Micros now);
  double per_second_ = 2;  // the least that was ever granted; the first answer tells the true limit
  double tokens_ = 2;
  double capacity_ = 2;  // what can be saved up while nothing is sent
  int limit_ = 0;
  int remaining_ = 0;
  Micros refilled_at_ = 0;
  Micros closed_until_ = 0;  // the window or a quota is used up, by whomever
};

}  // namespace calcom
