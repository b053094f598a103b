// Maps the result of a request to status and body. The status is never 410, because hosted Cal.com then disables
// the webhook permanently, and never a redirect, which Cal.com does not follow. A temporary failure is 503, which
// Cal.com repeats.
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
  // Further headers of pages. Values must not contain unchecked text of a request.
  std::vector<std::pair<std::string_view, std::string>> headers{};
};

Reply error_reply(unsigned status, std::string_view error);

Reply reply_to(const Answer& answer);

Reply health_reply(std::string_view reason);

// What the operator can do about an answer; empty if nothing. For the log only, never for the client.
std::string_view operator_hint(const Answer& answer);

}  // namespace calcom::proxy
