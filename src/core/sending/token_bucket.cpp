// See token_bucket.hpp.
#include "core/sending/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace calcom {

namespace {
constexpr double kShare = 0.8;
// The provider counts in fixed windows of a second without a burst on top. What is saved up and what flows in
// during a second together stay below its limit, with a tenth to spare for requests that travel at different
// speeds.
constexpr double kSaved = 0.1;
constexpr double kSlowest = 0.01;
}  // namespace

void TokenBucket::refill(Micros now) {
  if (refilled_at_ == 0) refilled_at_ = now;
  const Micros elapsed = std::max<Micros>(now - refilled_at_, 0);  // a clock set back gives nothing
  if (now + kClockSetBack < refilled_at_) closed_until_ -= refilled_at_ - now;  // … and lengthens no wait
  refilled_at_ = now;
  const double gained = per_second_ * static_cast<double>(elapsed) / kSecond;
  tokens_ = std::min(tokens_ + gained, capacity_);
}

int TokenBucket::available(Micros now) {
  refill(now);
  if (now < closed_until_) return 0;
  return std::max(static_cast<int>(std::floor(tokens_ + 1e-9)), 0);
}

Micros TokenBucket::ready_at(Micros now) {
  refill(now);
  Micros at = now;
  if (tokens_ < 1) at += static_cast<Micros>(std::ceil((1 - tokens_) / per_second_ * kSecond));
  return std::max(at, closed_until_);
}

void TokenBucket::learn(const RateAdvice& advice) {
  if (advice.limit && *advice.limit > 0) {
    limit_ = *advice.limit;
    const double each_second = static_cast<double>(limit_) / advice.window.value_or(1);
    per_second_ = std::max(kShare * each_second, kSlowest);
    capacity_ = std::max(kSaved * each_second, 1.0);
    tokens_ = std::min(tokens_, capacity_);
  }
  if (advice.remaining) remaining_ = *advice.remaining;
  if (advice.remaining && *advice.remaining <= 0 && advice.reset_at) close(*advice.reset_at);
}

void TokenBucket::close(Micros until) {
  closed_until_ = std::max(closed_until_, until);
}

}  // namespace calcom
