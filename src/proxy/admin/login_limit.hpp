// Limits attempts to sign in, for each address and for all addresses together.
#pragma once

#include <map>
#include <string>

#include "proxy/admin/operator_session.hpp"
#include "proxy/base/request_rate.hpp"

namespace calcom::proxy {

class LoginLimit {
 public:
  explicit LoginLimit(AdminClock clock);

  // Seconds to wait; 0 if the attempt is allowed. An allowed attempt is counted.
  unsigned attempt(const std::string& peer);

 private:
  AdminClock clock_;
  RequestRate all_;
  std::map<std::string, RequestRate> peers_;
};

}  // namespace calcom::proxy
