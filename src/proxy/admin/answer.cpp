// What the database refuses is told whole: who is signed in may read it anyway, and the hint is the mending.
#include "proxy/admin/answer.hpp"

#include <array>
#include <cstdio>

#include "core/base/errors.hpp"
#include "proxy/database/query_pool.hpp"

namespace calcom::proxy {
namespace {

constexpr unsigned kRetryWhenAway = 2;

struct Status {
  std::string_view sqlstate;  // or its beginning
  unsigned status;
};

// SQLSTATEs of PostgreSQL's own; the first that fits.
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

// Of states that never came from the server.
std::string_view own_words(std::string_view sqlstate) {
  if (sqlstate == kAwayState) return "the database is not available";
  if (sqlstate == kNotInstalledState) return "calcom is not set up in the database";
  if (sqlstate == kBusyState) return "the database is busy, try again";
  return "the database did not answer";
}

// What mends it, where the server does not say so itself.
std::string_view own_hint(std::string_view sqlstate) {
  if (sqlstate == kAwayState) return "The proxy's log says why. It goes on trying.";
  if (sqlstate == kNotInstalledState || sqlstate == "3F000")
    return "CREATE EXTENSION calcom; SELECT * FROM calcom_setup();";
  if (sqlstate == "42P01" || sqlstate == "42883" || sqlstate == "42703")
    return "ALTER EXTENSION calcom UPDATE; SELECT * FROM calcom_setup();";
  if (sqlstate == "42501") return "GRANT calcom_operator TO the login that ADMIN_DATABASE_URL names";
  return {};
}

void add_field(std::string& object, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  object += object.size() > 1 ? "," : "";
  object += json_string(key) + ":" + json_string(value);
}

}  // namespace

std::string json_string(std::string_view utf8) {
  std::string out = "\"";
  for (const char c : utf8) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

Reply admin_error(unsigned status, std::string_view message, std::string_view hint) {
  std::string object = "{";
  add_field(object, "message", message);
  add_field(object, "hint", hint);
  return {status, "{\"error\":" + object + "}}"};
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
                              "Look whether it took effect before you try again.");
    reply.retry_after = kRetryWhenAway;
    return reply;
  }
  Reply reply;
  reply.status = status_of(result.sqlstate);
  std::string object = "{";
  add_field(object, "message", result.message.empty() ? own_words(result.sqlstate) : result.message);
  add_field(object, "detail", result.detail);
  add_field(object, "hint", result.hint.empty() ? own_hint(result.sqlstate) : result.hint);
  add_field(object, "sqlstate", result.sqlstate);
  reply.body = "{\"error\":" + object + "}}";
  if (reply.status == 503) reply.retry_after = kRetryWhenAway;
  return reply;
}

}  // namespace calcom::proxy
