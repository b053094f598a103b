// Database errors are returned in full (message, detail, hint): they go to signed-in operators only.
#include "proxy/admin/answer.hpp"

#include <array>
#include <utility>

#include "core/base/errors.hpp"
#include "core/base/json_compose.hpp"
#include "proxy/database/query_pool.hpp"

namespace calcom::proxy {
namespace {

constexpr unsigned kRetryWhenAway = 2;

struct Status {
  std::string_view sqlstate;  // or its beginning
  unsigned status;
};

// SQLSTATEs of PostgreSQL; the first entry that matches is used.
constexpr std::array kStatuses{
    Status{"42501", 403}, Status{"42883", 503}, Status{"3F000", 503}, Status{"42P01", 503},
    Status{"25006", 503}, Status{"22", 400},    Status{"08", 503},    Status{"53", 503},
    Status{"57", 503},    Status{"40", 503},    Status{"55", 503},
};

unsigned status_of(std::string_view sqlstate) {
  if (const ErrorText* text = find_error_by_sqlstate(sqlstate)) return text->status;
  for (const Status& one : kStatuses) {
    if (sqlstate.starts_with(one.sqlstate)) return one.status;
  }
  return 500;
}

// Messages for SQLSTATEs that the pools set themselves.
std::string_view own_words(std::string_view sqlstate) {
  if (sqlstate == kAwayState) return "the database is not available";
  if (sqlstate == kNotInstalledState) return "calcom is not set up in the database";
  if (sqlstate == kBusyState) return "the database is busy, try again";
  return "the database did not answer";
}

// Used if the server sent no hint.
std::string_view own_hint(std::string_view sqlstate) {
  if (sqlstate == kAwayState) return "The proxy's log says why. The proxy keeps trying to connect.";
  if (sqlstate == kNotInstalledState || sqlstate == "3F000")
    return "CREATE EXTENSION calcom; SELECT * FROM calcom_setup();";
  if (sqlstate == "42P01" || sqlstate == "42883" || sqlstate == "42703")
    return "ALTER EXTENSION calcom UPDATE; SELECT * FROM calcom_setup();";
  if (sqlstate == "42501") return "GRANT calcom_operator TO the login that ADMIN_DATABASE_URL names";
  return {};
}

void add_field(JsonObject& object, std::string_view key, std::string_view value) {
  if (!value.empty()) object.set(key, value);
}

std::string error_body(JsonObject error) {
  return JsonObject().set("error", std::move(error)).dump();
}

}  // namespace

Reply admin_error(unsigned status, std::string_view message, std::string_view hint) {
  JsonObject error;
  add_field(error, "message", message);
  add_field(error, "hint", hint);
  return {status, error_body(std::move(error))};
}

Reply json_reply(const QueryResult& result) {
  if (result.state != QueryResult::State::kRow) return database_error(result);
  if (result.rows.empty() || result.rows[0].empty() || result.rows[0][0].empty()) {
    return admin_error(404, "not found");
  }
  return {200, result.rows[0][0]};
}

Reply database_error(const QueryResult& result) {
  if (result.state == QueryResult::State::kLost) {
    Reply reply = admin_error(503, "the connection to the database was lost",
                              "Check whether the command took effect before you repeat it.");
    reply.retry_after = kRetryWhenAway;
    return reply;
  }
  Reply reply;
  reply.status = status_of(result.sqlstate);
  JsonObject error;
  add_field(error, "message", result.message.empty() ? own_words(result.sqlstate) : result.message);
  add_field(error, "detail", result.detail);
  add_field(error, "hint", result.hint.empty() ? own_hint(result.sqlstate) : result.hint);
  add_field(error, "sqlstate", result.sqlstate);
  reply.body = error_body(std::move(error));
  if (reply.status == 503) reply.retry_after = kRetryWhenAway;
  return reply;
}

}  // namespace calcom::proxy
