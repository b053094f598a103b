// When to try again: exponential backoff with full jitter, and the wall of the idempotency window. Clock and
// dice are parameters.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/value.hpp"

namespace calcom {

// Resend honours an idempotency key for 24 h; automatic retries end an hour before that.
inline constexpr Micros kIdempotencyWindow = 23 * kHour;

// Delay before the next attempt. `attempt` is the number of attempts made (1 after the first); `dice` is
// uniform over all of uint64. Full jitter over [base, cap]: 1 s · 2^attempt, at most 1 h, never below 250 ms.
Micros backoff(int attempt, std::uint64_t dice);

enum class Next : std::uint8_t { kRetryAt, kFailed, kUncertain };
struct RetryPlan {
  Next next = Next::kFailed;
  Micros at = 0;  // of kRetryAt
};
// What becomes of a row whose attempt ended in Verdict::kRetry.
RetryPlan plan_retry(int attempt, int max_attempts, bool unknown_outcome, Micros first_attempt_at, Micros now,
                     std::optional<Micros> not_before, std::uint64_t dice);

}  // namespace calcom
