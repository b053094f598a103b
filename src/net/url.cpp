// Judged by libcurl's own URL parser, so that what is judged and what is connected to cannot differ.
#include "net/url.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <memory>
#include <new>
#include <string_view>

namespace calcom::net {

namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
  return text;
}

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "localhost" || host == "[::1]";
}

}  // namespace

Destination destination(const std::string& url) {
  const Url parsed(curl_url(), &curl_url_cleanup);
  if (!parsed) throw std::bad_alloc();
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return Destination::kRefused;
  if (!part(parsed, CURLUPART_USER).empty() || !part(parsed, CURLUPART_PASSWORD).empty())
    return Destination::kRefused;
  const std::string scheme = part(parsed, CURLUPART_SCHEME);
  if (scheme == "https") return Destination::kHttps;
  if (scheme == "http" && is_loopback(part(parsed, CURLUPART_HOST))) return Destination::kLoopbackHttp;
  return Destination::kRefused;
}

}  // namespace calcom::net
