// Results and errors of the database as JSON replies of the operator page.
#pragma once

#include <string>
#include <string_view>

#include "proxy/database/pg_connection.hpp"
#include "proxy/http/reply.hpp"

namespace calcom::proxy {

// {"error":{"message":…}} with the message of the database and the HTTP status for its SQLSTATE.
Reply database_error(const QueryResult& result);

// The value of the only row and column, or 404 if it is NULL.
Reply json_reply(const QueryResult& result);

Reply admin_error(unsigned status, std::string_view message, std::string_view hint = {});

}  // namespace calcom::proxy
