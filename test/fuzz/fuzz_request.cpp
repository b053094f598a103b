// Requests come from anyone: whatever Beast's parser accepts, only a path of ours in its exact form is
// routed, an admitted request has one framing that any other reader finds too, and nothing of it reaches log
// or database that they would not take as text.
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/base/escape.hpp"
#include "proxy/http/admission.hpp"
#include "proxy/http/route.hpp"
#include "require.hpp"

namespace {

using namespace calcom::proxy;
namespace http = boost::beast::http;

constexpr std::size_t kMaxBody = 1000;

bool is_plain(std::string_view text) {
  for (const char c : text)
    if (c < 0x20 || c > 0x7e) return false;
  return true;
}

bool is_known_path(const Route& route) {
  const std::string& path = route.path;
  switch (route.resource) {
    case Resource::kUnknown:
      return path == "-";
    case Resource::kHealth:
      return path == "/healthz";
    case Resource::kPage:
      return path == "/assets" || path == "/book" || path == "/admin";
    case Resource::kWebhook:
      return path == "/api/webhooks/calcom" || path == "/api/webhooks/calcom/" + route.account;
    case Resource::kResendWebhook:
      return path == "/api/webhooks/resend" || path == "/api/webhooks/resend/" + route.account;
  }
  return false;
}

void check_route(std::string_view target) {
  const Route found = route(target);
  REQUIRE(is_known_path(found));
  REQUIRE(is_webhook(found.resource) == is_account(found.account));
  REQUIRE((found.resource == Resource::kPage) == !found.page.empty());
  if (found.resource == Resource::kPage) {
    REQUIRE(found.page.starts_with(found.path));
    REQUIRE(found.page.find('?') == std::string::npos);
  }
  const auto decoded = calcom::percent_decoded(target);
  if (decoded) REQUIRE(decoded->size() <= target.size());
  if (decoded && target.find('%') == std::string_view::npos) REQUIRE(*decoded == target);
}

void check_credentials(const Admission& admission) {
  const Credentials& all = admission.credentials;
  for (const auto& value : {all.signature, all.id, all.timestamp})
    if (value) REQUIRE(is_plain(*value));
  if (!is_webhook(admission.route.resource)) REQUIRE(!all.signature && !all.id && !all.timestamp);
}

void check_page(const RequestHeader& header, const Route& route) {
  const PageRequest page = page_request(header, route);
  REQUIRE(page.path == route.page && page.body.empty());
  REQUIRE(page.method == "GET" || page.method == "HEAD" || page.method == "POST");
  REQUIRE(page.cookie.has_value() == (header.count("Cookie") == 1));
  REQUIRE(page.forwarded_proto.has_value() == (header.count("X-Forwarded-Proto") == 1));
}

// What was admitted is whole after the bytes that its framing names, and no byte later.
void check_body(http::request_parser<http::string_body>& parser, const Admission& admission,
                std::string_view rest) {
  boost::system::error_code error;
  const auto length = parser.content_length();
  REQUIRE(!(parser.chunked() && length));
  REQUIRE(admission.has_body == (parser.chunked() || length.value_or(0) > 0));
  if (parser.chunked()) return;
  const std::size_t expected = length.value_or(0);
  REQUIRE(expected <= kPageBodyLimit || admission.route.resource == Resource::kHealth);
  if (rest.size() < expected || admission.route.resource == Resource::kHealth) return;
  parser.eager(true);
  const std::size_t used = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
  if (expected > 0) REQUIRE(!error && used == expected);
  REQUIRE(parser.get().body() == rest.substr(0, expected));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_route(bytes);
  http::request_parser<http::string_body> parser;
  parser.header_limit(16 * 1024);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  boost::system::error_code error;
  const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  REQUIRE(used <= size);
  if (error || !parser.is_header_done()) return 0;
  const RequestHeader& header = parser.get();
  const Admission admission = admit(header, kMaxBody);
  REQUIRE(is_known_path(admission.route));
  if (admission.refusal) {
    REQUIRE(admission.refusal->status >= 400 && admission.refusal->status < 500);
    return 0;
  }
  REQUIRE(admission.route.resource != Resource::kUnknown);
  REQUIRE(header.count(http::field::host) == 1 || header.version() == 10);
  check_credentials(admission);
  if (admission.route.resource == Resource::kPage) check_page(header, admission.route);
  check_body(parser, admission, bytes.substr(used));
  return 0;
}
