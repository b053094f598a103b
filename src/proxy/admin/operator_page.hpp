// The operator page: access, sign-in, sign-out, and its empty shell, which a script fills through admin/api.
// It exists only if a token is configured.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "proxy/admin/login_limit.hpp"
#include "proxy/admin/operator_session.hpp"
#include "proxy/admin/shared_answer.hpp"
#include "proxy/admin/token.hpp"
#include "proxy/database/query_pool.hpp"
#include "proxy/http/page_handler.hpp"

namespace calcom::proxy {

struct AdminSettings {
  std::string token;
  std::string host;  // a name besides those of loopback; empty: none
  AdminSessions::Limits sessions{};
  std::string_view shell;  // templates: of the page, and of the form that asks for the token
  std::string_view login;
  std::function<void(std::string_view)> log = [](std::string_view) {};  // who signed in, by the trail's mark
};

class AdminPage final : public PageHandler {
 public:
  AdminPage(const AdminSettings& settings, Queries& database, const AdminClock& clock = {});

  void serve(const PageRequest& request, Done done) override;

 private:
  Reply show(const PageRequest& request);
  Reply sign_in(const PageRequest& request);
  Reply sign_in_once(const PageRequest& request, std::string_view key);
  Reply sign_out(const PageRequest& request);
  void serve_api(const PageRequest& request, std::string_view path, Done done);
  void act(const PageRequest& request, std::string_view name, const AdminSessions::Session& session,
           Done done);
  const AdminSessions::Session* session_of(const PageRequest& request);
  Reply signed_in(const PageRequest& request, std::string_view where);
  Reply login_page(unsigned status, std::string_view title, std::string_view message) const;

  AdminToken token_;
  std::string host_;
  std::string_view shell_, login_;
  std::function<void(std::string_view)> log_;
  Queries& database_;
  AdminClock clock_;
  AdminSessions sessions_;
  LoginLimit limit_;
  UsedLinks links_;
  SharedAnswer overview_, counts_;
};

}  // namespace calcom::proxy
