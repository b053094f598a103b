// How often a token may be tried: by each address, and by all together, since addresses are cheap.
#pragma once

#include <map>
#include <string>

#include "proxy/admin/session.hpp"
#include "proxy/base/request_rate.hpp"

namespace calcom::proxy {

class LoginLimit {
 public:
  explicit LoginLimit(AdminClock clock);

  // Seconds to wait; 0: the attempt may be made, and is counted.
  unsigned attempt(const std::string& peer);

 private:
  AdminClock clock_;
  RequestRate all_;
  std::map<std::string, RequestRate> peers_;
};

}  // namespace calcom::proxy
