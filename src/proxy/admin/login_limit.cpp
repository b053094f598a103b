// A full bucket equals a new one, so it is removed.
#include "proxy/admin/login_limit.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace calcom::proxy {
namespace {

// Five at once and one every twelve seconds; four times as many for all addresses together.
RequestRate of_one(SteadyTime now) {
  return {1.0 / 12, 5, now};
}
RequestRate of_all(SteadyTime now) {
  return {1.0 / 3, 20, now};
}

}  // namespace

LoginLimit::LoginLimit(AdminClock clock) : clock_(std::move(clock)), all_(of_all(clock_.steady())) {}

// A refused attempt is not counted. The common limit bounds the number of peers, because full buckets are removed.
unsigned LoginLimit::attempt(const std::string& peer) {
  const SteadyTime now = clock_.steady();
  std::erase_if(peers_, [now](const auto& one) { return one.second.is_full(now); });
  RequestRate& own = peers_.try_emplace(peer, of_one(now)).first->second;
  const double wait = std::max(own.wait(now), all_.wait(now));
  if (wait > 0) return static_cast<unsigned>(std::ceil(wait));
  own.take(now);
  all_.take(now);
  return 0;
}

}  // namespace calcom::proxy
