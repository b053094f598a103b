// The SQL functions are calcom_admin_*().
#include "proxy/admin/api.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/admin/answer.hpp"
#include "proxy/admin/path.hpp"
#include "proxy/http/form.hpp"

namespace calcom::proxy {
namespace {

// The sandbox gives the mail its own origin and no script. Nothing is loaded from other servers, so reading a
// mail here is not reported to a tracker.
constexpr const char* kMailPolicy =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action "
    "'none'; "
    "frame-ancestors 'self'";
constexpr std::string_view kNotFound = "not found";

using Values = std::vector<std::optional<std::string>>;

void ask(Queries& database, std::string sql, Values values, PageHandler::Done done) {
  database.ask({std::move(sql), std::move(values)},
               [done = std::move(done)](const QueryResult& result) { done(json_reply(result)); });
}

void ask_for_mail_html(Queries& database, Values values, PageHandler::Done done) {
  database.ask({"select html from @extschema@.calcom_mail_content($2::uuid, $1)", std::move(values)},
               [done = std::move(done)](const QueryResult& result) {
                 if (result.state != QueryResult::State::kRow) return done(database_error(result));
                 if (result.rows.empty() || result.rows[0][0].empty())
                   return done(admin_error(404, kNotFound));
                 Reply reply{200, result.rows[0][0]};
                 reply.content_type = "text/html; charset=utf-8";
                 reply.headers = {{"Content-Security-Policy", kMailPolicy}};
                 done(std::move(reply));
               });
}

// "failed,uncertain" as an array literal; nullopt if a state is not a lower-case word.
std::optional<std::string> states_array(std::string_view list) {
  const bool words =
      std::all_of(list.begin(), list.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == ','; });
  if (!words || list.size() > 200) return std::nullopt;
  return "{" + std::string(list) + "}";
}

// "2026-11-22T10:00:00.000000Z/ID" as the answer before gave it, or a time alone.
bool is_cursor(std::string_view text) {
  return text.size() <= 80 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == 'T' || c == 'Z' || c == ':' ||
                  c == '.' || c == '-' || c == '+' || c == '/' || c == ' ';
         });
}

constexpr std::string_view kNoLimit = "limit is not a number from 1 to 1001";

// false if the limit is not valid. Without a limit the database uses its default.
bool read_limit(const PageRequest& request, std::optional<std::string>& value) {
  const std::string limit = form_value(request.query, "limit").value_or("");
  if (limit.empty()) return true;
  int number = 0;
  const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), number);
  if (error != std::errc() || end != limit.data() + limit.size() || number < 1 || number > 1001) return false;
  value = limit;
  return true;
}

void list_newest(const PageRequest& request, std::string sql, Queries& database, PageHandler::Done done) {
  Values values(1);
  if (!read_limit(request, values[0])) return done(admin_error(400, kNoLimit));
  ask(database, std::move(sql), std::move(values), std::move(done));
}

void list_mails(const PageRequest& request, Queries& database, PageHandler::Done done) {
  const auto given = [&request](std::string_view name) {
    return form_value(request.query, name).value_or("");
  };
  Values values(4);
  if (const std::string account = given("account"); !account.empty()) {
    if (!is_account(account)) return done(admin_error(400, "account is not valid"));
    values[0] = account;
  }
  if (const std::string state = given("state"); !state.empty()) {
    values[1] = states_array(state);
    if (!values[1]) return done(admin_error(400, "state is not valid"));
  }
  if (const std::string before = given("before"); !before.empty()) {
    if (!is_cursor(before)) return done(admin_error(400, "before is not valid"));
    values[2] = before;
  }
  if (!read_limit(request, values[3])) return done(admin_error(400, kNoLimit));
  ask(database, "select @extschema@.calcom_admin_mails($1, $2::text[], $3, $4::integer)", std::move(values),
      std::move(done));
}

void search(const PageRequest& request, Queries& database, PageHandler::Done done) {
  const auto wanted = form_value(request.query, "q");
  if (!wanted || !is_plain_text(*wanted) || wanted->size() > 400)
    return done(admin_error(400, "q is not valid"));
  ask(database, "select @extschema@.calcom_admin_search($1)", {*wanted}, std::move(done));
}

}  // namespace

void answer_question(const PageRequest& request, std::string_view path, Queries& database,
                     PageHandler::Done done) {
  const auto segments = path_segments(path);
  if (!segments || segments->empty()) return done(admin_error(404, kNotFound));
  const auto& parts = *segments;
  const std::string& what = parts[0];
  if (parts.size() == 1) {
    if (what == "dead")
      return list_newest(request, "select @extschema@.calcom_admin_dead($1::integer)", database,
                         std::move(done));
    if (what == "audit")
      return list_newest(request, "select @extschema@.calcom_admin_audit($1::integer)", database,
                         std::move(done));
    if (what == "mails") return list_mails(request, database, std::move(done));
    if (what == "search") return search(request, database, std::move(done));
    return done(admin_error(404, kNotFound));
  }
  if (parts.size() < 3 || !is_account(parts[1])) return done(admin_error(404, kNotFound));
  if (what == "bookings" && parts.size() == 3 && is_any_uid(parts[2])) {
    return ask(database, "select @extschema@.calcom_admin_booking($1, $2)", {parts[1], parts[2]},
               std::move(done));
  }
  if (what != "mails" || !is_uuid(parts[2])) return done(admin_error(404, kNotFound));
  if (parts.size() == 3) {
    return ask(database, "select @extschema@.calcom_admin_mail($1, $2::uuid)", {parts[1], parts[2]},
               std::move(done));
  }
  if (parts.size() == 4 && parts[3] == "html") {
    return ask_for_mail_html(database, {parts[1], parts[2]}, std::move(done));
  }
  done(admin_error(404, kNotFound));
}

}  // namespace calcom::proxy
