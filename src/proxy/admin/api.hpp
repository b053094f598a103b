// The operator page's data: each request runs one statement, and its JSON is passed on unchanged. Every
// value of a request is checked and becomes a bind parameter.
#pragma once

#include <string_view>

#include "proxy/database/query_pool.hpp"
#include "proxy/http/page_handler.hpp"

namespace calcom::proxy {

// path: the part after /admin/api of a GET of a signed-in operator.
void answer_question(const PageRequest& request, std::string_view path, Queries& database,
                     PageHandler::Done done);

// An act: POST of a JSON object with the session's csrf token and the act's arguments. via names the session
// in the audit trail.
struct ActRequest {
  std::string_view act;
  std::string_view body;
  std::string_view csrf;
  std::string_view via;
};
void perform_act(const ActRequest& request, Queries& database, PageHandler::Done done);

}  // namespace calcom::proxy
