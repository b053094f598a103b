// The operator page's data: each question is one statement that answers with JSON, passed on as it is. Every
// value of a request is a bind parameter, and is looked at before.
#pragma once

#include <string_view>

#include "proxy/database/query_pool.hpp"
#include "proxy/http/page.hpp"

namespace calcom::proxy {

// path: what follows /admin/api. For who is signed in; a GET.
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
