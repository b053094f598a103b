// The interface between HTTP and the pages: a page gets a request as plain data and returns a Reply. It does not
// use sockets or Beast, so it is tested without them.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "proxy/http/reply.hpp"

namespace calcom::proxy {

struct PageRequest {
  std::string method;  // GET, HEAD or POST
  std::string path;    // raw bytes, without the query; one of ours by its first segment only
  std::string query;   // raw, without "?"
  std::string body;    // of POST
  std::string peer;    // the client's IP address, of the nearest hop
  // Values of headers; absent if the request has none, or several of that name.
  std::optional<std::string> cookie, host, origin, content_type, fetch_site, if_none_match, forwarded_proto,
      accept_language;
  bool forwarded = false;  // a server in front forwarded it
};

class PageHandler {
 public:
  using Done = std::function<void(Reply)>;

  PageHandler() = default;
  PageHandler(const PageHandler&) = delete;
  PageHandler& operator=(const PageHandler&) = delete;
  virtual ~PageHandler() = default;

  // done is called exactly once, now or later.
  virtual void serve(const PageRequest& request, Done done) = 0;
};

}  // namespace calcom::proxy
