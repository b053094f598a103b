// Text of the database in JSON for the operator page: unlike quoted(), which is for logs, it keeps UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "proxy/database/pg_connection.hpp"
#include "proxy/http/reply.hpp"

namespace calcom::proxy {

// utf8 as a JSON string with its quotes.
std::string json_string(std::string_view utf8);

// {"error":{"message":…}} with what the database said and the fitting status.
Reply database_error(const QueryResult& result);

// One row of one column is the answer as it is; an empty one is SQL's NULL: there is no such thing.
Reply json_reply(const QueryResult& result);

Reply admin_error(unsigned status, std::string_view message, std::string_view hint = {});

}  // namespace calcom::proxy
