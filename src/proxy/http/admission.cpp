// Framing is checked first: if the end of a request is ambiguous, nothing else in it counts.
#include "proxy/http/admission.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "core/webhook/webhook.hpp"

namespace calcom::proxy {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// Headers that reverse proxies add.
constexpr std::array kForwarding{"Forwarded",         "Via",       "X-Forwarded-For",   "X-Forwarded-Host",
                                 "X-Forwarded-Proto", "X-Real-IP", "X-Forwarded-Server"};

struct Framing {
  bool sound = false;
  bool chunked = false;
  std::uint64_t length = 0;
};

// At most one Content-Length of digits, or one Transfer-Encoding that is exactly "chunked", never both.
Framing framing_of(const RequestHeader& header) {
  Framing framing;
  const auto encodings = header.count(http::field::transfer_encoding);
  const auto lengths = header.count(http::field::content_length);
  if (encodings + lengths > 1) return framing;
  if (encodings == 1) {
    framing.chunked = true;
    framing.sound =
        header.version() == 11 && beast::iequals(header[http::field::transfer_encoding], "chunked");
    return framing;
  }
  if (lengths == 1) {
    const auto text = view(header[http::field::content_length]);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), framing.length);
    framing.sound = error == std::errc() && end == text.data() + text.size();
    return framing;
  }
  framing.sound = true;
  return framing;
}

bool has_sound_host(const RequestHeader& header) {
  const auto hosts = header.count(http::field::host);
  return hosts == 1 || (hosts == 0 && header.version() == 10);
}

std::optional<std::string> joined(const RequestHeader& header, std::string_view name) {
  std::optional<std::string> values;
  const auto [first, last] = header.equal_range(beast::string_view(name.data(), name.size()));
  for (auto field = first; field != last; ++field) {
    values = values ? *values + "," : std::string();
    *values += view(field->value());
  }
  return values;
}

Credentials credentials_of(const RequestHeader& header, Resource resource) {
  if (resource == Resource::kWebhook) return {joined(header, kSignatureHeader), {}, {}};
  for (const WebhookHeaders& names : {kSvixHeaders, kStandardHeaders}) {
    auto signature = joined(header, names.signature);
    if (signature) return {std::move(signature), joined(header, names.id), joined(header, names.timestamp)};
  }
  return {};
}

// Other bytes cannot be sent as text to the database, and no valid signature has any.
bool is_printable(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

bool is_identity(const RequestHeader& header) {
  const auto codings = header.count(http::field::content_encoding);
  return codings == 0 || (codings == 1 && beast::iequals(header[http::field::content_encoding], "identity"));
}

std::optional<Reply> body_refusal(const RequestHeader& header, const Admission& admission,
                                  const Framing& framing, std::size_t max_body) {
  if (header.count(http::field::expect) != 0 && !admission.expects_continue) {
    return error_reply(417, "only Expect: 100-continue is understood");
  }
  if (!is_identity(header)) return error_reply(415, "Content-Encoding is not supported");
  if (framing.length > max_body) return error_reply(413, "body too large");
  for (const auto& value :
       {admission.credentials.signature, admission.credentials.id, admission.credentials.timestamp}) {
    if (value && !is_printable(*value)) return error_reply(401, "signature does not match");
  }
  return std::nullopt;
}

// For pages: a repeated header counts as absent, because a server in front may have used either value.
std::optional<std::string> single(const RequestHeader& header, std::string_view name) {
  return header.count(beast::string_view(name.data(), name.size())) == 1 ? joined(header, name)
                                                                         : std::nullopt;
}

}  // namespace

Admission admit(const RequestHeader& header, std::size_t max_body) {
  Admission admission;
  admission.route = route(view(header.target()));
  const Framing framing = framing_of(header);
  admission.has_body = !framing.sound || framing.chunked || framing.length > 0;
  if (!framing.sound || !has_sound_host(header)) {
    admission.has_body = true;
    admission.refusal = error_reply(400, "malformed request");
    return admission;
  }
  if (header.count(http::field::expect) == 0) admission.coming = framing.length;
  if (admission.route.resource == Resource::kUnknown) {
    admission.refusal = error_reply(404, "not found");
    return admission;
  }
  if (!is_allowed(admission.route.resource, view(header.method_string()))) {
    admission.refusal = error_reply(405, "method not allowed");
    admission.refusal->allow = allowed_methods(admission.route.resource);
    return admission;
  }
  if (admission.route.resource == Resource::kHealth) return admission;
  const bool delivers = is_webhook(admission.route.resource);
  if (delivers) admission.credentials = credentials_of(header, admission.route.resource);
  admission.expects_continue = admission.has_body && header.version() == 11 &&
                               beast::iequals(header[http::field::expect], "100-continue");
  admission.refusal = body_refusal(header, admission, framing, delivers ? max_body : kPageBodyLimit);
  return admission;
}

PageRequest page_request(const RequestHeader& header, const Route& route) {
  PageRequest request;
  request.method = view(header.method_string());
  request.path = route.page;
  const std::string_view target = view(header.target());
  if (const auto mark = target.find('?'); mark != std::string_view::npos)
    request.query = target.substr(mark + 1);
  request.cookie = single(header, "Cookie");
  request.host = single(header, "Host");
  request.origin = single(header, "Origin");
  request.content_type = single(header, "Content-Type");
  request.fetch_site = single(header, "Sec-Fetch-Site");
  request.if_none_match = single(header, "If-None-Match");
  request.accept_language = single(header, "Accept-Language");
  request.forwarded_proto = single(header, "X-Forwarded-Proto");
  request.forwarded = std::any_of(kForwarding.begin(), kForwarding.end(),
                                  [&header](const char* name) { return header.count(name) > 0; });
  return request;
}

}  // namespace calcom::proxy
