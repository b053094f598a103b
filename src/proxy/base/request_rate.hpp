// Limits how often something may happen: a burst, then a steady rate (a token bucket).
#pragma once

#include <algorithm>
#include <chrono>

namespace calcom::proxy {

class RequestRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RequestRate(double per_second, double burst, Time now)
      : rate_(per_second), burst_(burst), tokens_(burst), filled_(now) {}

  bool take(Time now) {
    tokens_ = at(now);
    filled_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

  // Seconds until take() succeeds; 0 if it succeeds now.
  double wait(Time now) const { return std::max(0.0, (1 - at(now)) / rate_); }

  // Equals a new bucket, so it can be removed.
  bool is_full(Time now) const { return at(now) >= burst_; }

 private:
  double at(Time now) const {
    return std::min(burst_, tokens_ + rate_ * std::chrono::duration<double>(now - filled_).count());
  }

  double rate_, burst_, tokens_;
  Time filled_;
};

}  // namespace calcom::proxy
