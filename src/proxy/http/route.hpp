// Which resource a request target names. The proxy has few, so an exact match of raw path bytes does it:
// nothing is normalised, hence no ".." and no encoded slash can lead anywhere.
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

// target as in the request line: origin form, or absolute form, which RFC 9112 §3.2.2 obliges servers to
// take. The query is ignored and never logged.
Route route(std::string_view target);

// What an account may be called in a path.
bool is_account(std::string_view name);

// Value of the Allow header.
std::string_view allowed_methods(Resource resource);

bool is_webhook(Resource resource);

bool is_allowed(Resource resource, std::string_view method);

}  // namespace calcom::proxy
