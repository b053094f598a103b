// A mail is put off until an hour after the mail that is as many places before it as the limit allows.
#include "core/sending/recipient_limit.hpp"

#include <algorithm>

namespace calcom {

std::vector<Micros> RecipientLimit::others(const std::string& recipient, const MailId& mail, int priority,
                                           bool was_put_off, Micros now) const {
  std::vector<Micros> times;
  const auto found = times_.find(recipient);
  if (found == times_.end()) return times;
  for (const auto& [id, time] : found->second) {
    if (id == mail) continue;
    const bool stands_before = time.planned && !was_put_off && time.priority <= priority && time.at > now;
    const bool left = !time.planned && time.at > now - kWindow;
    if (stands_before || left) times.push_back(time.at);
  }
  std::sort(times.begin(), times.end());
  return times;
}

Micros next_turn(int per_hour, const std::vector<Micros>& others, Micros now) {
  if (per_hour <= 0) return now;
  const auto limit = static_cast<std::size_t>(per_hour);
  if (others.size() < limit) return now;
  return std::max(now, others[others.size() - limit] + RecipientLimit::kWindow);
}

}  // namespace calcom
