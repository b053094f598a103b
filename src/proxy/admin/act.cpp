// The commands of the operator page. An unknown, repeated, missing or wrongly typed argument is refused, and
// nothing is done.
#include <simdjson.h>

#include <array>
#include <utility>

#include "core/webhook/signature.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/api.hpp"
#include "proxy/admin/path.hpp"

namespace calcom::proxy {
namespace {

struct Act {
  std::string_view name;
  bool every_account;       // account may be null: of all
  std::string_view target;  // name of the argument; empty: none
  bool (*is_target)(std::string_view);
  std::string_view yes;  // name of the flag; empty: none
};

constexpr std::array kActs{
    Act{"replay", false, "event_id", is_uuid, ""},
    Act{"replay_dead", true, "", nullptr, ""},
    Act{"rebuild", false, "uid", is_any_uid, ""},
    Act{"retry_email", false, "id", is_uuid, "even_if_uncertain"},
    Act{"cancel_email", false, "id", is_uuid, ""},
    Act{"pause", true, "", nullptr, ""},
    Act{"resume", true, "", nullptr, ""},
};

const Act* find_act(std::string_view name) {
  for (const Act& act : kActs) {
    if (act.name == name) return &act;
  }
  return nullptr;
}

struct Arguments {
  std::optional<std::string> csrf, account, target;
  bool yes = false;
  bool account_given = false;
  std::string mistake;
};

// Sets target; false if the value is not a string or target is already set.
bool take(std::optional<std::string>& target, const simdjson::dom::element& value) {
  std::string_view text;
  if (target || value.get_string().get(text) != simdjson::SUCCESS) return false;
  target = text;
  return true;
}

bool take_argument(const Act& act, std::string_view key, const simdjson::dom::element& value,
                   Arguments& out) {
  if (key == "csrf") return take(out.csrf, value);
  if (key == "account") {
    if (std::exchange(out.account_given, true)) return false;
    return value.is_null() || (take(out.account, value) && is_account(*out.account));
  }
  if (!act.target.empty() && key == act.target) return take(out.target, value) && act.is_target(*out.target);
  if (!act.yes.empty() && key == act.yes) return value.get_bool().get(out.yes) == simdjson::SUCCESS;
  return false;
}

Arguments read_arguments(const Act& act, std::string_view body) {
  Arguments out;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(body.data(), body.size()).get_object().get(object) != simdjson::SUCCESS) {
    out.mistake = "the body is not a JSON object";
    return out;
  }
  for (const auto& [key, value] : object) {
    if (take_argument(act, key, value, out)) continue;
    out.mistake = "argument " + std::string(key.substr(0, 40)) + " is not valid";
  }
  if (!out.mistake.empty()) return out;
  if (!out.account && !act.every_account) out.mistake = "account is missing";
  if (!act.target.empty() && !out.target) out.mistake = std::string(act.target) + " is missing";
  return out;
}

bool is_same(const std::optional<std::string>& given, std::string_view expected) {
  return given && is_same_secret(*given, expected);
}

}  // namespace

void perform_act(const ActRequest& request, Queries& database, PageHandler::Done done) {
  const Act* act = find_act(request.act);
  if (act == nullptr) return done(admin_error(404, "unknown act"));
  Arguments arguments = read_arguments(*act, request.body);
  if (!is_same(arguments.csrf, request.csrf)) {
    return done(admin_error(403, "the page is out of date", "Load it again."));
  }
  if (!arguments.mistake.empty()) return done(admin_error(400, arguments.mistake));
  Query query{"select @extschema@.calcom_admin_act($1, $2, $3, $4, $5::boolean)",
              {std::string(request.via), std::string(act->name), std::move(arguments.account),
               std::move(arguments.target), std::string(arguments.yes ? "true" : "false")}};
  database.ask(std::move(query), [done = std::move(done)](const QueryResult& result) {
    if (result.state != QueryResult::State::kRow || result.rows.empty()) return done(database_error(result));
    done({200, "{\"result\":" + result.rows[0][0] + "}"});
  });
}

}  // namespace calcom::proxy
