// Who gets into the operator page: gate, token, one-time links, sessions, limits.
#include <gtest/gtest.h>

#include "proxy/admin/gate.hpp"
#include "proxy_admin_fixture.hpp"

namespace calcom::proxy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(AdminGate, LoopbackToLoopbackNames) {
  PageRequest request = AdminFixture::request("GET", "/admin");
  for (const char* host : {"localhost", "LocalHost:1", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:8080"}) {
    request.host = host;
    EXPECT_EQ(admin_gate(request, ""), AdminGate::kOpen) << host;
  }
  for (const char* host : {"", "example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1",
                           "[::2]", "[::1", "0.0.0.0", "127.1", "2130706433"}) {
    request.host = host;
    EXPECT_EQ(admin_gate(request, ""), AdminGate::kClosed) << host;
  }
  request.host = std::nullopt;
  EXPECT_EQ(admin_gate(request, ""), AdminGate::kClosed);
}

TEST(AdminGate, NoPeerFromElsewhereAndNothingForwarded) {
  PageRequest request = AdminFixture::request("GET", "/admin");
  for (const char* peer : {"192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", ""}) {
    request.peer = peer;
    EXPECT_EQ(admin_gate(request, ""), AdminGate::kClosed) << peer;
  }
  for (const char* peer : {"127.0.0.2", "::1", "::ffff:127.0.0.1"}) {
    request.peer = peer;
    EXPECT_EQ(admin_gate(request, ""), AdminGate::kOpen) << peer;
  }
  request.forwarded = true;
  EXPECT_EQ(admin_gate(request, ""), AdminGate::kClosed);
}

TEST(AdminGate, AConfiguredNameOverHttps) {
  PageRequest request = AdminFixture::request("GET", "/admin");
  request.host = "Ops.example.com:443";
  request.forwarded = true;
  EXPECT_EQ(admin_gate(request, ""), AdminGate::kClosed);
  EXPECT_EQ(admin_gate(request, "ops.example.com"), AdminGate::kNeedsHttps);
  request.forwarded_proto = "https";
  EXPECT_EQ(admin_gate(request, "ops.example.com"), AdminGate::kOpen);
  EXPECT_EQ(admin_gate(request, "example.com"), AdminGate::kClosed);
}

TEST(AdminGate, OwnPages) {
  PageRequest request = AdminFixture::request("POST", "/admin/login");
  const auto own = [&request](std::optional<std::string> site, std::optional<std::string> origin) {
    request.fetch_site = std::move(site);
    request.origin = std::move(origin);
    return is_from_own_page(request);
  };
  EXPECT_TRUE(own(std::nullopt, std::nullopt));
  EXPECT_TRUE(own("same-origin", "http://localhost:8080"));
  EXPECT_TRUE(own("same-origin", "null"));
  EXPECT_TRUE(own(std::nullopt, "http://localhost:8080"));
  EXPECT_FALSE(own("same-site", std::nullopt));
  EXPECT_FALSE(own("cross-site", "http://localhost:8080"));
  EXPECT_FALSE(own("none", "null"));
  EXPECT_FALSE(own(std::nullopt, "null"));
  EXPECT_FALSE(own(std::nullopt, "http://localhost:8081"));
  EXPECT_FALSE(own(std::nullopt, "http://evil.example"));
  EXPECT_FALSE(own("same-origin", "file://localhost:8080"));
}

TEST(AdminSignIn, OnlyTheToken) {
  AdminFixture admin;
  EXPECT_EQ(admin.serve(AdminFixture::request("GET", "/admin/mail")).body, "login Sign in::/admin/login");
  for (const char* wrong : {"", "a", "a+token+of+operator", "a+token+of+operators%00"})
    EXPECT_EQ(admin.login(wrong).status, 401U) << wrong;
  const Reply in = admin.login("a+token+of+operators");
  EXPECT_EQ(in.status, 303U);
  EXPECT_EQ(AdminFixture::header_of(in, "Location"), "/admin");
  EXPECT_TRUE(
      AdminFixture::header_of(in, "Set-Cookie").ends_with("; Path=/admin; HttpOnly; SameSite=Strict"));
  admin.cookie = AdminFixture::cookie_of(in);
  ASSERT_EQ(admin.log.size(), 5U);
  EXPECT_EQ(admin.log[0], "operator page: a wrong token was refused");
  EXPECT_TRUE(admin.log[4].starts_with("operator page: signed in, session "));
  EXPECT_TRUE(admin.serve(admin.signed_in("GET", "/admin")).body.starts_with("shell "));
  EXPECT_TRUE(admin.serve(admin.signed_in("GET", "/admin/booking/default/x")).body.starts_with("shell "));
}

TEST(AdminSignIn, CookiesForHttpsOnlyBehindHttps) {
  AdminFixture admin("ops.example.com");
  PageRequest form = AdminFixture::request("POST", "/admin/login");
  form.host = "ops.example.com";
  form.forwarded_proto = "https";
  form.content_type = "application/x-www-form-urlencoded";
  form.body = "token=a%20token+of+operators";
  EXPECT_TRUE(
      AdminFixture::header_of(admin.serve(form), "Set-Cookie").ends_with("; SameSite=Strict; Secure"));
}

TEST(AdminSignIn, AttemptsAreLimited) {
  AdminFixture admin;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admin.login("wrong").status, 401U);
  const Reply limited = admin.login("a+token+of+operators");
  EXPECT_EQ(limited.status, 429U);
  EXPECT_EQ(limited.retry_after, 12U);
  admin.pass(seconds(12));
  EXPECT_EQ(admin.login("a+token+of+operators").status, 303U);
  EXPECT_EQ(admin.login("a+token+of+operators").status, 429U);
}

TEST(AdminSignIn, AttemptsOfAllAddressesTogetherAreLimited) {
  SteadyTime now{};
  LoginLimit limit({[&now] { return now; }, {}});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(limit.attempt(std::to_string(i)), 0U);
  EXPECT_EQ(limit.attempt("another"), 3U);
  now += seconds(3);
  EXPECT_EQ(limit.attempt("another"), 0U);
  EXPECT_GT(limit.attempt("another"), 0U);
}

TEST(AdminSessions, EndByRestAndByAge) {
  AdminFixture admin;
  admin.sign_in();
  const auto status = [&admin] { return admin.serve(admin.signed_in("GET", "/admin/api/overview")).status; };
  admin.pass(minutes(29));
  EXPECT_EQ(status(), 200U);
  admin.pass(minutes(30));
  EXPECT_EQ(status(), 401U);
  admin.sign_in();
  for (int i = 0; i < 24 * 60 / 20 && status() == 200; ++i) admin.pass(minutes(20));
  EXPECT_EQ(status(), 401U);
}

TEST(AdminSessions, AreCounted) {
  SteadyTime now{};
  AdminSessions sessions({.most = 3}, {[&now] { return now; }, {}});
  const std::string first = sessions.begin();
  now += seconds(1);
  const std::string second = sessions.begin();
  now += seconds(1);
  sessions.begin();
  now += seconds(1);
  EXPECT_NE(sessions.find(first), nullptr);
  sessions.begin();
  EXPECT_EQ(sessions.size(), 3U);
  EXPECT_NE(sessions.find(first), nullptr);
  EXPECT_EQ(sessions.find(second), nullptr);
  EXPECT_EQ(sessions.find(""), nullptr);
}

TEST(AdminSessions, SigningInAgainEndsTheFormer) {
  AdminFixture admin;
  admin.sign_in();
  const std::string former = admin.cookie;
  PageRequest form = admin.signed_in("POST", "/admin/login");
  form.content_type = "application/x-www-form-urlencoded";
  form.body = "token=a+token+of+operators";
  EXPECT_NE(AdminFixture::cookie_of(admin.serve(form)), former);
  EXPECT_EQ(admin.serve(admin.signed_in("GET", "/admin/api/overview")).status, 401U);
}

TEST(AdminSessions, SigningOut) {
  AdminFixture admin;
  admin.sign_in();
  PageRequest form = admin.signed_in("POST", "/admin/logout");
  EXPECT_EQ(admin.serve(form).status, 403U);
  form.body = "csrf=" + admin.csrf;
  form.fetch_site = "cross-site";
  EXPECT_EQ(admin.serve(form).status, 403U);
  form.fetch_site = "same-origin";
  const Reply out = admin.serve(form);
  EXPECT_EQ(out.status, 303U);
  EXPECT_TRUE(AdminFixture::header_of(out, "Set-Cookie").starts_with("calcom_admin=; "));
  EXPECT_EQ(admin.serve(admin.signed_in("GET", "/admin/api/overview")).status, 401U);
  EXPECT_EQ(admin.serve(form).status, 303U);
}

TEST(AdminLinks, OnceWithinTenMinutes) {
  AdminFixture admin;
  const AdminToken token(kToken);
  const auto open = [&admin](const std::string& key) {
    return admin.serve(AdminFixture::request("GET", "/admin/once/" + key)).status;
  };
  const std::string key = token.link_key(admin.wall);
  EXPECT_EQ(admin.serve(AdminFixture::request("HEAD", "/admin/once/" + key)).status, 405U);
  EXPECT_EQ(open(key), 303U);
  EXPECT_EQ(open(key), 403U);
  const std::string late = token.link_key(admin.wall);
  admin.pass(minutes(10));
  EXPECT_EQ(open(late), 403U);
  EXPECT_EQ(open(token.link_key(admin.wall + minutes(5))), 403U);
  EXPECT_EQ(open(token.link_key(admin.wall - minutes(9))), 303U);
  admin.pass(hours(1));
  EXPECT_EQ(open(key), 403U);
}

TEST(AdminLinks, NotOfBeforeTheStartAndNotOfAnotherToken) {
  AdminFixture admin;
  const auto open = [&admin](const std::string& key) {
    return admin.serve(AdminFixture::request("GET", "/admin/once/" + key)).status;
  };
  EXPECT_EQ(open(AdminToken(kToken).link_key(admin.wall - seconds(1))), 403U);
  EXPECT_EQ(open(AdminToken("another token of 20").link_key(admin.wall)), 403U);
  std::string key = AdminToken(kToken).link_key(admin.wall);
  key[0] = key[0] == '9' ? '8' : '9';
  EXPECT_EQ(open(key), 403U);
  for (const char* broken : {"", "-", "--", "1-2-3", "x", "1-2"}) EXPECT_EQ(open(broken), 403U) << broken;
  EXPECT_EQ(open(std::string(5000, '-')), 403U);
}

TEST(AdminPage, AnswersCarryTheirHeaders) {
  AdminFixture admin;
  admin.sign_in();
  for (const char* path :
       {"/admin", "/admin/mail", "/admin/api/overview", "/admin/nothing", "/admin/api/nothing"}) {
    const Reply reply = admin.serve(admin.signed_in("GET", path));
    EXPECT_NE(AdminFixture::header_of(reply, "Content-Security-Policy").find("default-src 'none'"),
              std::string::npos);
    EXPECT_EQ(AdminFixture::header_of(reply, "Referrer-Policy"), "no-referrer") << path;
  }
  EXPECT_EQ(admin.serve(admin.signed_in("POST", "/admin/mail")).status, 405U);
  EXPECT_EQ(admin.serve(admin.signed_in("GET", "/admin/logout")).status, 405U);
  EXPECT_EQ(admin.serve(admin.signed_in("GET", "/admin/login")).status, 303U);
  EXPECT_EQ(admin.serve(admin.signed_in("GET", "/administrator")).status, 404U);
}

}  // namespace
}  // namespace calcom::proxy
