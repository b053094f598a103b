// The resource that a request target names. Raw path bytes are compared exactly. Nothing is normalised, so
// neither ".." nor an encoded slash has an effect.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace calcom::proxy {

enum class Resource { kUnknown, kWebhook, kResendWebhook, kHealth, kPage };

struct Route {
  Resource resource = Resource::kUnknown;
  std::string account;     // of a webhook: percent-decoded, 1-63 of [A-Za-z0-9_.-]
  std::string page;        // kPage: the raw path, which the page takes apart
  std::string path = "-";  // for the log: a path of ours, never what an unknown caller typed
};

// target: as in the request line, in origin form or in absolute form (which RFC 9112 §3.2.2 requires servers to
// accept). The query is ignored and never logged.
Route route(std::string_view target);

// Whether the text is valid as the name of an account in a path.
bool is_account(std::string_view name);

// Value of the Allow header.
std::string_view allowed_methods(Resource resource);

bool is_webhook(Resource resource);

bool is_allowed(Resource resource, std::string_view method);

}  // namespace calcom::proxy
