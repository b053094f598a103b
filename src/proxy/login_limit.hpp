// How often a token may be tried: by each address, and by all together, since addresses are cheap.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "proxy/admin_session.hpp"

namespace calcom::proxy {

class LoginLimit {
 public:
  explicit LoginLimit(AdminClock clock);

  // Seconds to wait; 0: the attempt may be made, and is counted.
  unsigned attempt(const std::string& peer);

 private:
  struct Bucket {
    double spent = 0;
    SteadyTime at{};
  };
  struct Pace {
    double capacity;
    double per_second;
  };
  static double spent(const Bucket& bucket, const Pace& pace, SteadyTime now);
  static unsigned wait(double spent, const Pace& pace);

  // Five at once and one every twelve seconds; for all together four times as many.
  static constexpr Pace kOfOne{5, 1.0 / 12};
  static constexpr Pace kOfAll{20, 1.0 / 3};

  AdminClock clock_;
  Bucket all_;
  std::map<std::string, Bucket> peers_;
};

}  // namespace calcom::proxy
