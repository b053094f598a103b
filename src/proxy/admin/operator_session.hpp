// Sessions of the operator page, in memory only: a restart ends them. Of a session's id only the digest is
// stored, so the memory of this process does not reveal a usable cookie.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/admin/token.hpp"

namespace calcom::proxy {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallClock = std::chrono::system_clock::time_point;

struct AdminClock {
  std::function<SteadyTime()> steady = [] { return std::chrono::steady_clock::now(); };
  std::function<WallClock()> wall = [] { return std::chrono::system_clock::now(); };
};

class AdminSessions {
 public:
  struct Limits {
    std::chrono::milliseconds idle = std::chrono::minutes(30);
    std::chrono::milliseconds whole = std::chrono::hours(12);
    std::size_t most = 64;
  };
  struct Session {
    std::string csrf;  // proves that a request comes from our page
    std::string mark;  // names the session in the audit trail; it cannot be used to sign in
    SteadyTime begun, used;
  };

  AdminSessions(Limits limits, AdminClock clock);

  // Returns the id for the cookie. At the limit, the session that was unused longest ends.
  std::string begin();
  // nullptr if there is no such session or it has expired. Counts as use.
  const Session* find(std::string_view id);
  void end(std::string_view id);
  std::size_t size() const { return sessions_.size(); }

 private:
  void forget_old();

  Limits limits_;
  AdminClock clock_;
  std::map<std::string, Session> sessions_;  // by the digest of the id
};

// One-time links that were used. A key is refused if it is older than ten minutes, or older than this process,
// which does not know the links that were used before its start.
class UsedLinks {
 public:
  explicit UsedLinks(AdminClock clock);
  bool use(const AdminToken::Link& link);

 private:
  AdminClock clock_;
  WallClock begun_;
  std::map<std::string, WallClock> used_;  // nonce, when it was made
};

inline constexpr std::chrono::minutes kLinkLife{10};

}  // namespace calcom::proxy
