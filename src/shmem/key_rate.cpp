#include "shmem/key_rate.hpp"

#include <cstring>

#include "core/webhook/signature.hpp"
#include "pg/text.hpp"
#include "shmem/shared_state.hpp"

namespace calcom::shmem {

static_assert(std::is_trivially_copyable_v<TokenBucket>, "it is stored in shared memory");

namespace {

// The key's slot, created if absent. The caller holds the lock.
RateSlot& find(const std::uint64_t (&key)[2], Micros now) {
  RateSlot* oldest = &shared()->rates[0];
  for (RateSlot& slot : shared()->rates) {
    if (slot.key[0] == key[0] && slot.key[1] == key[1]) {
      slot.used_at = now;
      return slot;
    }
    if (slot.used_at < oldest->used_at) oldest = &slot;
  }
  oldest->key[0] = key[0];
  oldest->key[1] = key[1];
  oldest->used_at = now;
  oldest->bucket = TokenBucket();
  return *oldest;
}

template <typename F>
void with_bucket(const std::uint64_t (&key)[2], Micros now, F&& body) {
  pg::call([&] { locked(LW_EXCLUSIVE, [&] { body(find(key, now).bucket); }); });
}

}  // namespace

KeyRate::KeyRate(std::string_view key) {
  const Sha256 digest = sha256(key);
  std::memcpy(key_, digest.data(), sizeof key_);
}

int KeyRate::take(int wish, Micros now) const {
  int taken = 0;
  with_bucket(key_, now, [&](TokenBucket& bucket) {
    taken = std::min(wish, bucket.available(now));
    bucket.take(taken);
  });
  return taken;
}

void KeyRate::give_back(int count) const {
  if (count <= 0) return;
  with_bucket(key_, pg::now(), [=](TokenBucket& bucket) { bucket.give_back(count); });
}

Micros KeyRate::ready_at(Micros now) const {
  Micros at = now;
  with_bucket(key_, now, [&](TokenBucket& bucket) { at = bucket.ready_at(now); });
  return at;
}

void KeyRate::learn(const RateAdvice& advice, Micros now) const {
  with_bucket(key_, now, [&](TokenBucket& bucket) { bucket.learn(advice); });
}

void KeyRate::close(Micros until, Micros now) const {
  with_bucket(key_, now, [=](TokenBucket& bucket) { bucket.close(until); });
}

void KeyRate::reopen(Micros now) const {
  with_bucket(key_, now, [](TokenBucket& bucket) { bucket.reopen(); });
}

TokenBucket KeyRate::look(Micros now) const {
  TokenBucket copy;
  with_bucket(key_, now, [&](const TokenBucket& bucket) { copy = bucket; });
  return copy;
}

}  // namespace calcom::shmem
