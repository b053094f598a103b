// Counters of refused deliveries, one set per database, in shared memory. Best effort: without preloading nothing is
// counted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/value.hpp"
#include "pg/guard.hpp"

namespace calcom::shmem {

using namespace pg;

// Why a delivery was refused and not stored.
enum class Refusal : std::uint8_t {
  kWrongSignature,
  kMissingSignature,
  kNoSecret,
  kUnknownAccount,
  kTooLarge,
  kNotSetUp,
  kDisabledAccount,
  kResendSignature,  // of Resend's webhook, not of Cal.com's
  kResendNoSecret
};
inline constexpr std::size_t kRefusalKinds = 9;
const char* refusal_name(Refusal refusal);  // "wrong signature", …
bool of_resend(Refusal refusal);            // else of Cal.com

struct RefusalRecord {
  Refusal refusal;
  std::int64_t count = 0;
  std::optional<Micros> last_at;
};

void note_refused(Refusal refusal);     // counts for MyDatabaseId
std::vector<RefusalRecord> refusals();  // of MyDatabaseId, only kinds that were counted

}  // namespace calcom::shmem
