// Exact matching of raw bytes; only the account, the last segment, is decoded.
#include "proxy/http/route.hpp"

#include <array>
#include <optional>

#include "core/base/escape.hpp"

namespace calcom::proxy {
namespace {

struct WebhookPath {
  std::string_view path;
  Resource resource;
};
constexpr std::array kWebhookPaths{WebhookPath{"/api/webhooks/calcom", Resource::kWebhook},
                                   WebhookPath{"/api/webhooks/resend", Resource::kResendWebhook}};
constexpr std::array<std::string_view, 3> kPagePaths{"/assets", "/book", "/admin"};
constexpr std::string_view kHealthPath = "/healthz";
constexpr std::string_view kDefaultAccount = "default";
constexpr std::size_t kLongestAccount = 63;

bool is_account_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-';
}

std::string_view without_origin(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

}  // namespace

// "." and ".." are refused although their characters are allowed: a server in front may resolve them.
bool is_account(std::string_view name) {
  if (name.empty() || name.size() > kLongestAccount || name == "." || name == "..") return false;
  for (const char c : name) {
    if (!is_account_character(c)) return false;
  }
  return true;
}

Route route(std::string_view target) {
  const std::string_view path = without_origin(target.substr(0, target.find('?')));
  if (path == kHealthPath) return {Resource::kHealth, "", "", std::string(kHealthPath)};
  for (const std::string_view prefix : kPagePaths) {
    if (path != prefix && !(path.starts_with(prefix) && path[prefix.size()] == '/')) continue;
    return {Resource::kPage, "", std::string(path), std::string(prefix)};
  }
  for (const auto& [prefix, resource] : kWebhookPaths) {
    if (path == prefix) return {resource, std::string(kDefaultAccount), "", std::string(prefix)};
    if (!path.starts_with(prefix) || path[prefix.size()] != '/') continue;
    auto account = percent_decoded(path.substr(prefix.size() + 1));
    if (!account || !is_account(*account)) return {};
    std::string shown = std::string(prefix) + '/' + *account;
    return {resource, std::move(*account), "", std::move(shown)};
  }
  return {};
}

bool is_webhook(Resource resource) {
  return resource == Resource::kWebhook || resource == Resource::kResendWebhook;
}

std::string_view allowed_methods(Resource resource) {
  switch (resource) {
    case Resource::kWebhook:
    case Resource::kResendWebhook:
      return "POST";
    case Resource::kHealth:
      return "GET, HEAD";
    case Resource::kPage:
      return "GET, HEAD, POST";
    case Resource::kUnknown:
      break;
  }
  return "";
}

bool is_allowed(Resource resource, std::string_view method) {
  if (method == "POST") return is_webhook(resource) || resource == Resource::kPage;
  return !is_webhook(resource) && (method == "GET" || method == "HEAD");
}

}  // namespace calcom::proxy
