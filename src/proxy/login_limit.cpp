// Token buckets, kept as what was spent, so that one at rest is zero and can be forgotten.
#include "proxy/login_limit.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace calcom::proxy {

LoginLimit::LoginLimit(AdminClock clock) : clock_(std::move(clock)) {}

double LoginLimit::spent(const Bucket& bucket, const Pace& pace, SteadyTime now) {
  const double seconds = std::chrono::duration<double>(now - bucket.at).count();
  return std::max(0.0, bucket.spent - seconds * pace.per_second);
}

unsigned LoginLimit::wait(double spent, const Pace& pace) {
  const double over = spent + 1 - pace.capacity;
  return over <= 0 ? 0 : static_cast<unsigned>(std::ceil(over / pace.per_second));
}

// What is refused costs nothing. Peers are bounded by the limit of all: whoever has rested is forgotten.
unsigned LoginLimit::attempt(const std::string& peer) {
  const SteadyTime now = clock_.steady();
  std::erase_if(peers_, [now](const auto& one) { return spent(one.second, kOfOne, now) == 0; });
  const auto known = peers_.find(peer);
  const double by_peer = known == peers_.end() ? 0 : spent(known->second, kOfOne, now);
  const double by_all = spent(all_, kOfAll, now);
  if (const unsigned seconds = std::max(wait(by_peer, kOfOne), wait(by_all, kOfAll)); seconds > 0)
    return seconds;
  peers_[peer] = {by_peer + 1, now};
  all_ = {by_all + 1, now};
  return 0;
}

}  // namespace calcom::proxy
