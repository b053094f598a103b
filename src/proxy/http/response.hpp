// A Reply as an HTTP message.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <ctime>

#include "proxy/http/reply.hpp"

namespace calcom::proxy {

using Response = boost::beast::http::response<boost::beast::http::string_body>;

struct ResponseShape {
  unsigned version = 11;     // of the request
  bool keep_alive = false;   // whether the connection takes another request
  bool header_only = false;  // HEAD: the length of the body, without it
};

Response make_response(const Reply& reply, const ResponseShape& shape, std::time_t now);

}  // namespace calcom::proxy
