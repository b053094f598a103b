// See recipient_limit.hpp.
#include "core/sending/recipient_limit.hpp"

#include <algorithm>

namespace calcom {

std::optional<Micros> RecipientLimit::put_off(const std::string& recipient, const std::vector<Micros>& sent,
                                              Micros now) {
  if (per_hour_ <= 0) return std::nullopt;
  const auto [found, fresh] = times_.try_emplace(recipient, sent);
  std::vector<Micros>& times = found->second;
  if (fresh) std::sort(times.begin(), times.end());
  const auto limit = static_cast<std::size_t>(per_hour_);
  Micros at = now;
  if (times.size() >= limit) at = std::max(now, times[times.size() - limit] + kWindow);
  times.push_back(at);
  return at > now ? std::optional(at) : std::nullopt;
}

}  // namespace calcom
