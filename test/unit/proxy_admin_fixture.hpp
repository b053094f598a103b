// The operator page without sockets, database or clock.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proxy/admin/operator_page.hpp"

namespace calcom::proxy {

inline constexpr const char* kToken = "a token of operators";

// Stores the queries; answers on request, or at once with a preset answer.
class FakeQueries final : public Queries {
 public:
  void ask(Query query, Done done) override {
    asked.push_back(std::move(query));
    if (holds) {
      waiting.push_back(std::move(done));
    } else {
      done(answer);
    }
  }

  void say(std::string json) {
    answer = {};
    answer.state = QueryResult::State::kRow;
    answer.rows = {{std::move(json)}};
  }
  void refuse(std::string sqlstate, std::string message, std::string detail = "", std::string hint = "") {
    answer = {};
    answer.state = QueryResult::State::kError;
    answer.sqlstate = std::move(sqlstate);
    answer.message = std::move(message);
    answer.detail = std::move(detail);
    answer.hint = std::move(hint);
  }

  std::vector<Query> asked;
  QueryResult answer;
  bool holds = false;
  std::vector<Done> waiting;
};

class AdminFixture {
 public:
  AdminFixture() : AdminFixture("") {}
  explicit AdminFixture(std::string host)
      : page({kToken,
              std::move(host),
              {},
              "shell {{csrf}}",
              "login {{title}}:{{message}}:{{action}}",
              [this](std::string_view line) { log.emplace_back(line); }},
             database, clock()) {
    database.say("{}");
  }

  static PageRequest request(std::string method, std::string path) {
    PageRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    request.peer = "127.0.0.1";
    request.host = "localhost:8080";
    return request;
  }

  // Of what answers at once; an answer that the database holds back may come when nobody waits for it any
  // more.
  Reply serve(const PageRequest& request) {
    struct Heard {
      Reply reply{0, "no answer"};
      int answers = 0;
    };
    const auto heard = std::make_shared<Heard>();
    page.serve(request, [heard](Reply reply) {
      heard->reply = std::move(reply);
      ++heard->answers;
    });
    if (heard->answers != 1 && !database.holds) heard->reply.status = 0;
    return heard->reply;
  }

  Reply login(const std::string& token) {
    PageRequest form = request("POST", "/admin/login");
    form.content_type = "application/x-www-form-urlencoded";
    form.body = "token=" + token;
    return serve(form);
  }

  // Signs in and remembers cookie and csrf token.
  void sign_in() {
    cookie = cookie_of(login("a+token+of+operators"));
    csrf = serve(signed_in("GET", "/admin")).body.substr(6);
  }

  PageRequest signed_in(std::string method, std::string path) const {
    PageRequest asked = request(std::move(method), std::move(path));
    asked.cookie = cookie;
    return asked;
  }

  PageRequest act(const std::string& name, const std::string& arguments) const {
    PageRequest asked = signed_in("POST", "/admin/api/acts/" + name);
    asked.content_type = "application/json";
    asked.fetch_site = "same-origin";
    asked.body = "{\"csrf\":\"" + csrf + "\"" + arguments + "}";
    return asked;
  }

  static std::string header_of(const Reply& reply, std::string_view name) {
    for (const auto& [key, value] : reply.headers) {
      if (key == name) return value;
    }
    return {};
  }

  static std::string cookie_of(const Reply& reply) {
    const std::string header = header_of(reply, "Set-Cookie");
    return header.substr(0, header.find(';'));
  }

  void pass(std::chrono::milliseconds time) {
    steady += time;
    wall += time;
  }

  SteadyTime steady{std::chrono::hours(100)};
  WallClock wall{std::chrono::hours(500000)};
  std::vector<std::string> log;
  FakeQueries database;
  AdminPage page;
  std::string cookie, csrf;

 private:
  AdminClock clock() {
    return {[this] { return steady; }, [this] { return wall; }};
  }
};

}  // namespace calcom::proxy
