// Decides on a request by its header, before the body is read. The rules for framing are stricter than those of
// the parser: a request that two programs could read differently (request smuggling) is
// refused.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "proxy/http/page_handler.hpp"
#include "proxy/http/reply.hpp"
#include "proxy/http/route.hpp"

namespace calcom::proxy {

using RequestHeader = boost::beast::http::request_header<>;

inline constexpr std::size_t kPageBodyLimit = 64 * 1024;

struct Admission {
  Route route;
  std::optional<Reply> refusal;
  Credentials credentials;   // several headers of a name: joined by ",", which the database refuses
  bool has_body = false;     // a body follows, so a refusal must close the connection
  std::uint64_t coming = 0;  // bytes of the body that come whatever is answered; 0 where that is not known
  bool expects_continue = false;
};

Admission admit(const RequestHeader& header, std::size_t max_body);

// The request as pages see it, without body and peer.
PageRequest page_request(const RequestHeader& header, const Route& route);

}  // namespace calcom::proxy
