// The number of mails that one recipient gets within an hour is limited: a loop in somebody's automation, or a
// booking that is moved fifty times, must not fill an inbox. Mail above the limit is put off, never lost.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "core/base/value.hpp"

namespace calcom {

using MailId = std::array<std::uint8_t, 16>;  // email_outbox.id

// Times at which mails went, or are planned to go, to each recipient of one account. The result does not depend on
// how many mails the worker judges in one round, because what was put off counts as well.
class RecipientLimit {
 public:
  static constexpr Micros kWindow = kHour;

  void sent(const std::string& recipient, const MailId& mail, Micros at) { times_[recipient][mail] = {at}; }
  void planned(const std::string& recipient, const MailId& mail, Micros at, int priority) {
    times_[recipient][mail] = {at, true, priority};
  }

  // Times of other mails to `recipient` that count for a mail at `now`, the oldest first: those that left within the
  // last hour, and for a mail that is asked for the first time those that are planned for later and not less urgent. A
  // mail whose planned time has come (`was_put_off`) does not wait for those behind it.
  std::vector<Micros> others(const std::string& recipient, const MailId& mail, int priority, bool was_put_off,
                             Micros now) const;

 private:
  struct Time {
    Micros at = 0;
    bool planned = false;
    int priority = 0;
  };
  std::map<std::string, std::map<MailId, Time>> times_;
};

// When a mail may go, given the times of the others: `now`, or later. `per_hour` 0 or less: no limit.
Micros next_turn(int per_hour, const std::vector<Micros>& others, Micros now);

}  // namespace calcom
