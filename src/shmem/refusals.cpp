#include "shmem/refusals.hpp"

#include <algorithm>
#include <iterator>

#include "pg/text.hpp"
#include "shmem/shared_state.hpp"

namespace calcom::shmem {

const char* refusal_name(Refusal refusal) {
  switch (refusal) {
    case Refusal::kWrongSignature:
      return "wrong signature";
    case Refusal::kMissingSignature:
      return "missing signature";
    case Refusal::kNoSecret:
      return "no secret";
    case Refusal::kUnknownAccount:
      return "unknown account";
    case Refusal::kTooLarge:
      return "too large";
    case Refusal::kNotSetUp:
      return "not set up";
    case Refusal::kDisabledAccount:
      return "disabled account";
    case Refusal::kResendSignature:
      return "wrong signature";
    case Refusal::kResendNoSecret:
      return "no secret";
  }
  return "unknown";
}

bool of_resend(Refusal refusal) {
  return refusal == Refusal::kResendSignature || refusal == Refusal::kResendNoSecret;
}

void note_refused(Refusal refusal) {
  if (!preloaded()) return;
  const auto kind = static_cast<std::size_t>(refusal);
  const Micros now = pg::now();
  pg::call([=] {
    DatabaseEntry* entry = find_entry(MyDatabaseId, true);
    if (entry == nullptr) return;
    locked(LW_EXCLUSIVE, [=] {
      ++entry->refusals[kind].count;
      entry->refusals[kind].last_at = now;
    });
  });
}

std::vector<RefusalRecord> refusals() {
  std::vector<RefusalRecord> records;
  RefusalCounter counters[kRefusalKinds] = {};
  pg::call([&] {
    DatabaseEntry* entry = find_entry(MyDatabaseId, false);
    if (entry == nullptr) return;
    locked(LW_SHARED, [&] { std::copy(std::begin(entry->refusals), std::end(entry->refusals), counters); });
  });
  for (std::size_t kind = 0; kind < kRefusalKinds; ++kind) {
    if (counters[kind].count == 0) continue;
    records.push_back({static_cast<Refusal>(kind), counters[kind].count, counters[kind].last_at});
  }
  return records;
}

}  // namespace calcom::shmem
