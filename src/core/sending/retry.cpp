// Backoff and its two ends: too many attempts, or the idempotency window about to close. Behind the window
// the same key would no longer protect from a second mail, so a mail whose fate is unknown is parked for a
// person.
#include "core/sending/retry.hpp"

#include <algorithm>

namespace calcom {

namespace {
constexpr Micros kLeastDelay = 250'000;
constexpr Micros kMostDelay = kHour;
}  // namespace

Micros backoff(int attempt, std::uint64_t dice) {
  // 2^12 s is beyond the cap, so the shift never has to be larger.
  const Micros ceiling = std::min(kSecond << std::clamp(attempt, 0, 12), kMostDelay);
  const auto span = static_cast<std::uint64_t>(ceiling - kLeastDelay + 1);
  return kLeastDelay + static_cast<Micros>(dice % span);
}

RetryPlan plan_retry(int attempt, int max_attempts, bool unknown_outcome, Micros first_attempt_at, Micros now,
                     std::optional<Micros> not_before, std::uint64_t dice) {
  const RetryPlan over = {.next = unknown_outcome ? Next::kUncertain : Next::kFailed};
  if (attempt >= max_attempts) return over;
  const Micros at = std::max(now + backoff(attempt, dice), not_before.value_or(now));
  if (at >= first_attempt_at + kIdempotencyWindow) return over;
  return {.next = Next::kRetryAt, .at = at};
}

}  // namespace calcom
