// Who is signed in to the operator page. In memory only: a restart signs everybody out, and of what a browser
// holds only a digest is kept, so that nothing read out of this process signs anybody in.
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
    std::string mark;  // names the session in the audit trail; signs nobody in
    SteadyTime begun, used;
  };

  AdminSessions(Limits limits, AdminClock clock);

  // Its id, for the cookie. Beyond the most, the one that rested longest ends.
  std::string begin();
  // nullptr: no such session, or it is over. Counts as use.
  const Session* find(std::string_view id);
  void end(std::string_view id);
  std::size_t size() const { return sessions_.size(); }

 private:
  void forget_old();

  Limits limits_;
  AdminClock clock_;
  std::map<std::string, Session> sessions_;  // by the digest of the id
};

// Which one-time links were used. A key is refused when it is older than ten minutes, or older than this
// process, which cannot know what was used before it began.
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
