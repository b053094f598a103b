// Sessions are stored by the digest of their id.
#include "proxy/admin/operator_session.hpp"

#include <algorithm>
#include <utility>

namespace calcom::proxy {
namespace {

constexpr std::size_t kMarkLength = 8;
// A link may come from another machine whose clock is slightly ahead.
constexpr std::chrono::minutes kClockSkew{1};

}  // namespace

AdminSessions::AdminSessions(Limits limits, AdminClock clock) : limits_(limits), clock_(std::move(clock)) {}

std::string AdminSessions::begin() {
  forget_old();
  if (sessions_.size() >= limits_.most) {
    sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
      return a.second.used < b.second.used;
    }));
  }
  std::string id = random_key();
  const std::string digest = sha256_hex(id);
  const SteadyTime now = clock_.steady();
  sessions_[digest] = {random_key(), digest.substr(0, kMarkLength), now, now};
  return id;
}

const AdminSessions::Session* AdminSessions::find(std::string_view id) {
  forget_old();
  const auto found = sessions_.find(sha256_hex(id));
  if (found == sessions_.end()) return nullptr;
  found->second.used = clock_.steady();
  return &found->second;
}

void AdminSessions::end(std::string_view id) {
  sessions_.erase(sha256_hex(id));
}

void AdminSessions::forget_old() {
  const SteadyTime now = clock_.steady();
  std::erase_if(sessions_, [this, now](const auto& one) {
    return now - one.second.used >= limits_.idle || now - one.second.begun >= limits_.whole;
  });
}

UsedLinks::UsedLinks(AdminClock clock) : clock_(std::move(clock)), begun_(clock_.wall()) {}

// used_ is bounded: making links requires the token.
bool UsedLinks::use(const AdminToken::Link& link) {
  const WallClock now = clock_.wall();
  std::erase_if(used_, [now](const auto& one) { return now - one.second > kLinkLife + kClockSkew; });
  const auto begun = std::chrono::floor<std::chrono::milliseconds>(begun_);
  if (link.made < begun || link.made > now + kClockSkew || now - link.made >= kLinkLife) return false;
  return used_.emplace(link.nonce, link.made).second;
}

}  // namespace calcom::proxy
