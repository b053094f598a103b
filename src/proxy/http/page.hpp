// The seam between HTTP and the pages. A page is asked with a request as plain data and answers with a Reply;
// it knows neither sockets nor Beast, so it is tested without either.
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
  // Values of headers; absent: the request had none, or several of that name.
  std::optional<std::string> cookie, host, origin, content_type, fetch_site, if_none_match, forwarded_proto,
      accept_language;
  bool forwarded = false;  // a server in front said so
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
