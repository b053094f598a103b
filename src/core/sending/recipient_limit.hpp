// At most so many mails an hour to one person: a loop in somebody's automation, or a booking moved fifty
// times, must not fill an inbox. What is too much is put off, never lost.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/value.hpp"

namespace calcom {

class RecipientLimit {
 public:
  static constexpr Micros kWindow = kHour;

  // `per_hour` 0 or less: no limit.
  explicit RecipientLimit(int per_hour) : per_hour_(per_hour) {}

  // May a mail to this recipient (as a key) go now? nullopt: yes, and it counts. Else when it may; later
  // calls take that one as planned, so that an excess of hundreds is spread over hours at once. `sent` are
  // the times of the newest mails to the same recipient within the window, per_hour of them at most; asked
  // for once a recipient.
  std::optional<Micros> put_off(const std::string& recipient, const std::vector<Micros>& sent, Micros now);

 private:
  int per_hour_;
  std::map<std::string, std::vector<Micros>> times_;  // oldest first
};

}  // namespace calcom
