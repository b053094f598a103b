// What the proxy answers, before it is HTTP: a pure mapping from what happened to status and body. It never
// gives 410, on which hosted Cal.com switches the webhook off for good, and no redirect, which it does not
// follow; everything that may pass by itself is 503, which it repeats.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/base/ingester.hpp"

namespace calcom::proxy {

struct Reply {
  unsigned status = 500;
  std::string body;
  std::string_view allow{};  // empty: no Allow header
  unsigned retry_after = 0;  // seconds, 0: no Retry-After header
  std::string_view content_type = "application/json";
  // Further ones, of pages. Values come from us alone: nothing of a request may stand in them unchecked.
  std::vector<std::pair<std::string_view, std::string>> headers{};
};

Reply error_reply(unsigned status, std::string_view error);

Reply reply_to(const Answer& answer);

Reply health_reply(std::string_view reason);

// What the operator should do about an answer; empty when there is nothing to do. Goes to the log, never out.
std::string_view operator_hint(const Answer& answer);

}  // namespace calcom::proxy
