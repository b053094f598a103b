// Every answer passes guarded(), which adds the security headers.
#include "proxy/admin/operator_page.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/webhook/signature.hpp"
#include "proxy/admin/answer.hpp"
#include "proxy/admin/api.hpp"
#include "proxy/admin/gate.hpp"
#include "proxy/http/form.hpp"
#include "proxy/page/html.hpp"

namespace calcom::proxy {
namespace {

constexpr std::string_view kRoot = "/admin";
constexpr std::string_view kCookie = "calcom_admin";
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kPolicy = "Content-Security-Policy";
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'";
constexpr std::array<std::string_view, 4> kScreens{"mail", "booking", "dead", "audit"};

Reply guarded(Reply reply) {
  const bool has_policy = std::any_of(reply.headers.begin(), reply.headers.end(),
                                      [](const auto& header) { return header.first == kPolicy; });
  if (!has_policy) reply.headers.emplace_back(kPolicy, kPagePolicy);
  reply.headers.emplace_back("Referrer-Policy", "no-referrer");
  reply.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  reply.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  return reply;
}

Reply html_reply(unsigned status, std::string body) {
  Reply reply{status, std::move(body)};
  reply.content_type = "text/html; charset=utf-8";
  return reply;
}

Reply redirect(std::string_view where) {
  Reply reply{303, ""};
  reply.content_type = "text/plain";
  reply.headers.emplace_back("Location", std::string(where));
  return reply;
}

Reply not_allowed(std::string_view methods) {
  Reply reply = error_reply(405, "method not allowed");
  reply.allow = methods;
  return reply;
}

// An empty id deletes the cookie.
void set_cookie(Reply& reply, const PageRequest& request, std::string_view id) {
  std::string cookie =
      std::string(kCookie) + "=" + std::string(id) + "; Path=/admin; HttpOnly; SameSite=Strict";
  if (request.forwarded_proto == "https") cookie += "; Secure";
  if (id.empty()) cookie += "; Max-Age=0";
  reply.headers.emplace_back("Set-Cookie", std::move(cookie));
}

// "application/json; charset=utf-8" is of type application/json.
bool is_of_type(const PageRequest& request, std::string_view type) {
  if (!request.content_type || !request.content_type->starts_with(type)) return false;
  const std::string_view rest = std::string_view(*request.content_type).substr(type.size());
  return rest.empty() || rest.front() == ';' || rest.front() == ' ';
}

bool is_screen(std::string_view path) {
  if (path.empty() || path == "/") return true;
  path.remove_prefix(1);
  const std::string_view first = path.substr(0, path.find('/'));
  return std::find(kScreens.begin(), kScreens.end(), first) != kScreens.end();
}

// The rest after the prefix; nullopt if the path does not begin with it.
std::optional<std::string_view> below(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) ? std::optional(path.substr(prefix.size())) : std::nullopt;
}

}  // namespace

AdminPage::AdminPage(const AdminSettings& settings, Queries& database, const AdminClock& clock)
    : token_(settings.token),
      host_(settings.host),
      shell_(settings.shell),
      login_(settings.login),
      log_(settings.log),
      database_(database),
      clock_(clock),
      sessions_(settings.sessions, clock),
      limit_(clock),
      links_(clock),
      overview_("select @extschema@.calcom_admin_overview()", clock),
      counts_("select @extschema@.calcom_admin_counts()", clock) {}

void AdminPage::serve(const PageRequest& request, Done done) {
  switch (admin_gate(request, host_)) {
    case AdminGate::kClosed:
      return done(error_reply(404, "not found"));
    case AdminGate::kNeedsHttps:
      return done(guarded(admin_error(403, "this page is served over HTTPS only",
                                      "Configure the reverse proxy to send X-Forwarded-Proto: https.")));
    case AdminGate::kOpen:
      break;
  }
  const std::string_view path = std::string_view(request.path).substr(kRoot.size());
  const bool is_post = request.method == "POST";
  if (const auto api = below(path, "/api")) return serve_api(request, *api, std::move(done));
  if (path == "/login") {
    return done(guarded(is_post ? sign_in(request) : redirect(kRoot)));
  }
  if (path == "/logout") return done(guarded(is_post ? sign_out(request) : not_allowed("POST")));
  if (const auto key = below(path, "/once/")) {
    // HEAD does not use up the link: link previews send it.
    return done(guarded(request.method == "GET" ? sign_in_once(request, *key) : not_allowed("GET")));
  }
  if (!is_screen(path)) return done(guarded(error_reply(404, "not found")));
  done(guarded(is_post ? not_allowed("GET, HEAD") : show(request)));
}

const AdminSessions::Session* AdminPage::session_of(const PageRequest& request) {
  const auto id = cookie_value(request.cookie.value_or(""), kCookie);
  return id ? sessions_.find(*id) : nullptr;
}

Reply AdminPage::show(const PageRequest& request) {
  const AdminSessions::Session* session = session_of(request);
  if (session == nullptr) return login_page(200, "Sign in", "");
  return html_reply(200, fill_template(shell_, {{"csrf", session->csrf}}));
}

Reply AdminPage::login_page(unsigned status, std::string_view title, std::string_view message) const {
  return html_reply(status, fill_template(login_, {{"title", std::string(title)},
                                                   {"message", std::string(message)},
                                                   {"action", "/admin/login"}}));
}

// Each sign-in gets a new id and ends the previous session, which prevents session fixation.
Reply AdminPage::signed_in(const PageRequest& request, std::string_view where) {
  if (const auto former = cookie_value(request.cookie.value_or(""), kCookie)) sessions_.end(*former);
  Reply reply = redirect(where);
  const std::string id = sessions_.begin();
  set_cookie(reply, request, id);
  log_("operator page: signed in, session " + sessions_.find(id)->mark);
  return reply;
}

Reply AdminPage::sign_in(const PageRequest& request) {
  if (!is_from_own_page(request) || !is_of_type(request, kFormType)) {
    return login_page(403, "Sign in", "The form was not sent by this page.");
  }
  if (const unsigned seconds = limit_.attempt(request.peer); seconds > 0) {
    Reply reply =
        login_page(429, "Sign in", "Too many attempts. Wait " + std::to_string(seconds) + " seconds.");
    reply.retry_after = seconds;
    return reply;
  }
  const auto offered = form_value(request.body, "token");
  if (!offered || !token_.is(*offered)) {
    log_("operator page: a wrong token was refused");
    return login_page(401, "Sign in", "That is not the token.");
  }
  return signed_in(request, kRoot);
}

Reply AdminPage::sign_in_once(const PageRequest& request, std::string_view key) {
  const auto link = token_.read_link_key(key);
  if (link && links_.use(*link)) return signed_in(request, "/admin/mail");
  return login_page(403, "Sign in",
                    "This link was used, has expired or belongs to another server. Create a new one.");
}

Reply AdminPage::sign_out(const PageRequest& request) {
  const AdminSessions::Session* session = session_of(request);
  const auto csrf = form_value(request.body, "csrf");
  if (session != nullptr) {
    if (!csrf || !is_same_secret(*csrf, session->csrf) || !is_from_own_page(request))
      return login_page(403, "Sign out", "The form was not sent by this page.");
    sessions_.end(*cookie_value(*request.cookie, kCookie));
  }
  Reply reply = redirect(kRoot);
  set_cookie(reply, request, "");
  return reply;
}

void AdminPage::serve_api(const PageRequest& request, std::string_view path, Done done) {
  const Done guarded_done = [done = std::move(done)](Reply reply) { done(guarded(std::move(reply))); };
  const AdminSessions::Session* session = session_of(request);
  if (session == nullptr) return guarded_done(error_reply(401, "sign in"));
  const auto name = below(path, "/acts/");
  if (request.method == "POST") {
    return name ? act(request, *name, *session, guarded_done) : guarded_done(not_allowed("GET, HEAD"));
  }
  if (name) return guarded_done(not_allowed("POST"));
  if (path == "/overview") return overview_.ask(database_, guarded_done);
  if (path == "/counts") return counts_.ask(database_, guarded_done);
  answer_question(request, path, database_, guarded_done);
}

void AdminPage::act(const PageRequest& request, std::string_view name, const AdminSessions::Session& session,
                    Done done) {
  if (!is_from_own_page(request)) return done(admin_error(403, "the request did not come from this page"));
  if (!is_of_type(request, kJsonType)) return done(admin_error(415, "the body must be application/json"));
  const std::string via = "operator page, session " + session.mark;
  perform_act({name, request.body, session.csrf, via}, database_,
              [this, done = std::move(done)](Reply reply) {
                overview_.forget();
                done(std::move(reply));
              });
}

}  // namespace calcom::proxy
