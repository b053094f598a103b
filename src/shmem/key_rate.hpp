// The rate of one provider key, shared by the workers of all databases of this server that use it. It stands
// in shared memory under a hash of the key, never the key.
#pragma once

#include <string_view>

#include "core/sending/token_bucket.hpp"

namespace calcom::shmem {

struct RateSlot {
  std::uint64_t key[2];  // of the hash; both 0: free
  Micros used_at;
  TokenBucket bucket;
};
inline constexpr int kRateSlots = 64;  // keys; beyond that the one unused for longest is replaced

class KeyRate {
 public:
  KeyRate() = default;
  explicit KeyRate(std::string_view key);

  int take(int wish, Micros now) const;  // as many as may start now, up to `wish`
  void give_back(int count) const;       // of those taken: they did not start
  Micros ready_at(Micros now) const;
  void learn(const RateAdvice& advice, Micros now) const;
  void close(Micros until, Micros now) const;
  void reopen(Micros now) const;  // whatever was said, ask again
  Micros closed_until(Micros now) const { return look(now).closed_until(); }
  TokenBucket look(Micros now) const;  // a copy

 private:
  std::uint64_t key_[2] = {0, 0};
};

}  // namespace calcom::shmem
