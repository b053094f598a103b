// The name in Host decides, because DNS rebinding lets a foreign page reach a loopback address.
#include "proxy/admin/gate.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>

namespace calcom::proxy {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

// "localhost:8080", "[::1]:8080", "127.0.0.1" without the port and the brackets.
std::string_view name_of(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

bool is_loopback_address(std::string_view text) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(text), error);
  if (error) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

std::string_view without_scheme(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return origin.substr(scheme.size());
  }
  return {};
}

}  // namespace

bool is_loopback_name(std::string_view host) {
  const std::string_view name = name_of(host);
  return same_name(name, "localhost") || is_loopback_address(name);
}

// Behind a reverse proxy every peer is loopback and Host can be ours: the name must be configured.
AdminGate admin_gate(const PageRequest& request, std::string_view allowed_host) {
  if (!request.host) return AdminGate::kClosed;
  if (!allowed_host.empty() && same_name(name_of(*request.host), allowed_host)) {
    return request.forwarded_proto == "https" ? AdminGate::kOpen : AdminGate::kNeedsHttps;
  }
  const bool local =
      !request.forwarded && is_loopback_address(request.peer) && is_loopback_name(*request.host);
  return local ? AdminGate::kOpen : AdminGate::kClosed;
}

// A form of a page without referrer has the origin "null"; browsers then also send Sec-Fetch-Site: same-origin.
bool is_from_own_page(const PageRequest& request) {
  if (request.fetch_site && *request.fetch_site != "same-origin" && *request.fetch_site != "none")
    return false;
  if (!request.origin) return true;
  if (*request.origin == "null") return request.fetch_site == "same-origin";
  return request.host && same_name(without_scheme(*request.origin), *request.host);
}

}  // namespace calcom::proxy
