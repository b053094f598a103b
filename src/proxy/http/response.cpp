// Headers are few and fixed; none names the server or its version.
#include "proxy/http/response.hpp"

#include <string>

namespace calcom::proxy {
namespace {

namespace http = boost::beast::http;

std::string http_date(std::time_t now) {
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

}  // namespace

Response make_response(const Reply& reply, const ResponseShape& shape, std::time_t now) {
  Response response(static_cast<http::status>(reply.status), shape.version);
  response.set(http::field::date, http_date(now));
  response.set(http::field::content_type, std::string(reply.content_type));
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (!reply.allow.empty()) response.set(http::field::allow, std::string(reply.allow));
  if (reply.retry_after != 0) response.set(http::field::retry_after, std::to_string(reply.retry_after));
  for (const auto& [name, value] : reply.headers) response.set(std::string(name), value);
  response.keep_alive(shape.keep_alive);
  // For 304 the length would be that of the omitted content (RFC 9110 §8.6), which is not known here.
  if (reply.status != 304) response.content_length(reply.body.size());
  if (!shape.header_only) response.body() = reply.body;
  return response;
}

}  // namespace calcom::proxy
