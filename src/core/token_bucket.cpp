// See token_bucket.hpp.
#include "core/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace calcom {

namespace {
constexpr double kShare = 0.8;
}

void TokenBucket::refill(Micros now) {
  if (refilled_at_ == 0) refilled_at_ = now;
  const Micros elapsed = std::max<Micros>(now - refilled_at_, 0);  // a clock set back gives nothing
  refilled_at_ = now;
  const double gained = per_second_ * static_cast<double>(elapsed) / kSecond;
  tokens_ = std::min(tokens_ + gained, std::max(per_second_, 1.0));
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
  if (advice.limit && *advice.limit > 0) per_second_ = std::max(kShare * *advice.limit, 0.5);
  if (advice.remaining && *advice.remaining <= 0 && advice.reset_at)
    closed_until_ = std::max(closed_until_, *advice.reset_at);
}

}  // namespace calcom
