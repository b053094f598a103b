// The operator page's questions and acts: what reaches the database, and what its answers become.
#include <gtest/gtest.h>

#include "proxy/admin/answer.hpp"
#include "proxy/admin/path.hpp"
#include "proxy/http/form.hpp"
#include "proxy_admin_fixture.hpp"

namespace calcom::proxy {
namespace {

using Values = std::vector<std::optional<std::string>>;
constexpr const char* kId = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

TEST(Form, OneValueOfAName) {
  EXPECT_EQ(form_value("a=1&b=x%20y+z", "b"), "x y z");
  EXPECT_EQ(form_value("a=1&a=2", "a"), std::nullopt);
  EXPECT_EQ(form_value("a=%zz", "a"), std::nullopt);
  EXPECT_EQ(form_value("a&b=", "a"), "");
  EXPECT_EQ(form_value("%61=1", "a"), "1");
  EXPECT_EQ(form_value("", "a"), std::nullopt);
  EXPECT_EQ(form_value("aa=1", "a"), std::nullopt);
}

TEST(Form, Cookies) {
  EXPECT_EQ(cookie_value("x=1; calcom_admin=abc; y", "calcom_admin"), "abc");
  EXPECT_EQ(cookie_value("calcom_admin=abc; calcom_admin=def", "calcom_admin"), std::nullopt);
  EXPECT_EQ(cookie_value("xcalcom_admin=abc", "calcom_admin"), std::nullopt);
}

TEST(AdminPath, Segments) {
  EXPECT_EQ(path_segments("/a/b%2Fc"), (std::vector<std::string>{"a", "b/c"}));
  EXPECT_EQ(path_segments("/a/"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(path_segments(""), std::vector<std::string>{});
  EXPECT_EQ(path_segments("/a%00"), std::nullopt);
  EXPECT_EQ(path_segments("/%"), std::nullopt);
  EXPECT_EQ(path_segments("a"), std::nullopt);
  EXPECT_TRUE(is_uuid(kId));
  EXPECT_FALSE(is_uuid("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5"));
  EXPECT_FALSE(is_uuid("0190a1b2xc3d4-7e5f-8a9b-0c1d2e3f4a5b"));
  EXPECT_FALSE(is_any_uid(std::string(256, 'a')));
}

class AdminApi : public testing::Test {
 protected:
  AdminApi() { admin.sign_in(); }

  Reply get(const std::string& path, const std::string& query = "") {
    PageRequest request = admin.signed_in("GET", "/admin/api" + path);
    request.query = query;
    return admin.serve(request);
  }
  const Values& values() { return admin.database.asked.back().parameters; }

  AdminFixture admin;
};

TEST_F(AdminApi, JsonIsPassedOn) {
  admin.database.say("{\"status\":\"ä\"}");
  const Reply reply = get("/overview");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "{\"status\":\"ä\"}");
  EXPECT_EQ(reply.content_type, "application/json");
}

TEST_F(AdminApi, NothingIsAskedWithoutASession) {
  admin.cookie = "calcom_admin=" + std::string(64, '0');
  for (const char* path : {"/overview", "/mails", "/dead", "/audit", "/nothing"}) {
    const Reply reply = get(path);
    EXPECT_EQ(reply.status, 401U);
    EXPECT_EQ(reply.body, "{\"error\":\"sign in\"}");
  }
  EXPECT_EQ(admin.serve(admin.act("pause", "")).status, 401U);
  EXPECT_TRUE(admin.database.asked.empty());
}

TEST_F(AdminApi, ValuesAreParameters) {
  get("/bookings/acme/u%27%3B--");
  EXPECT_EQ(values(), (Values{"acme", "u';--"}));
  EXPECT_EQ(admin.database.asked.back().sql, "select @extschema@.calcom_admin_booking($1, $2)");
  get("/mails/acme/" + std::string(kId));
  EXPECT_EQ(values(), (Values{"acme", kId}));
  get("/mails", "account=acme&state=failed,uncertain&before=2026-11-22T10%3A00%3A00Z%2F" + std::string(kId) +
                    "&limit=7");
  EXPECT_EQ(values(),
            (Values{"acme", "{failed,uncertain}", "2026-11-22T10:00:00Z/" + std::string(kId), "7"}));
  get("/mails");
  EXPECT_EQ(values(), Values(4));
  get("/dead", "limit=200");
  EXPECT_EQ(values(), (Values{"200"}));
  get("/audit");
  EXPECT_EQ(values(), Values(1));
  get("/search", "q=%27%3B%20drop");
  EXPECT_EQ(values(), (Values{"'; drop"}));
}

TEST_F(AdminApi, WhatIsNotValidIsNeverAsked) {
  for (const char* path :
       {"/bookings/a%2Fb/x", "/bookings/acme", "/bookings/acme/x/y", "/mails/acme/x", "/mails/..",
        "/mails/acme/x/html", "/", "", "/overview/x", "/bookings/acme/a%00b", "/%"})
    EXPECT_EQ(get(path).status, 404U) << path;
  for (const char* query :
       {"limit=0", "limit=1002", "limit=1x", "state=A", "state=a%7D", "before=x", "account=a/b"})
    EXPECT_EQ(get("/mails", query).status, 400U) << query;
  EXPECT_EQ(get("/dead", "limit=0").status, 400U);
  EXPECT_EQ(get("/audit", "limit=x").status, 400U);
  EXPECT_EQ(get("/search", "q=a%00").status, 400U);
  EXPECT_EQ(get("/search", "").status, 400U);
  EXPECT_EQ(get("/search", "q=" + std::string(401, 'a')).status, 400U);
  EXPECT_TRUE(admin.database.asked.empty());
}

TEST_F(AdminApi, NothingFoundIs404) {
  admin.database.say("");
  EXPECT_EQ(get("/bookings/acme/x").status, 404U);
  EXPECT_EQ(get("/mails/acme/" + std::string(kId) + "/html").status, 404U);
}

TEST_F(AdminApi, AMailIsADocumentInASandbox) {
  admin.database.say("<script>alert(1)</script>");
  const Reply reply = get("/mails/acme/" + std::string(kId) + "/html");
  EXPECT_EQ(reply.body, "<script>alert(1)</script>");
  EXPECT_EQ(reply.content_type, "text/html; charset=utf-8");
  const std::string policy = AdminFixture::header_of(reply, "Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("sandbox; default-src 'none';"));
  EXPECT_EQ(policy.find("script-src"), std::string::npos);
  EXPECT_EQ(policy.find("http"), std::string::npos);
}

TEST_F(AdminApi, TheDatabasesWordsAndStatuses) {
  const auto answer = [this](const char* sqlstate) {
    admin.database.refuse(sqlstate, "no \"such\"\nä", "detail", "hint");
    return get("/overview");
  };
  EXPECT_EQ(answer("KC430").body,
            "{\"error\":{\"message\":\"no "
            "\\\"such\\\"\\nä\",\"detail\":\"detail\",\"hint\":\"hint\",\"sqlstate\":"
            "\"KC430\"}}");
  EXPECT_EQ(answer("KC430").status, 404U);
  EXPECT_EQ(answer("KC432").status, 409U);
  EXPECT_EQ(answer("22P02").status, 400U);
  EXPECT_EQ(answer("42501").status, 403U);
  EXPECT_EQ(answer("XX000").status, 500U);
  for (const char* passing : {"57014", "08006", "53300", "40001", "55P03", "KC503", "42883", "25006"}) {
    EXPECT_EQ(answer(passing).status, 503U) << passing;
    EXPECT_GT(answer(passing).retry_after, 0U);
  }
  admin.database.refuse("08001", "");
  EXPECT_EQ(get("/overview").body,
            "{\"error\":{\"message\":\"the database is not available\",\"hint\":\"The proxy's log says why. "
            "The proxy keeps "
            "trying to connect.\",\"sqlstate\":\"08001\"}}");
  admin.database.refuse("42501", "permission denied for function calcom_admin_overview");
  EXPECT_NE(get("/overview").body.find("GRANT calcom_operator TO"), std::string::npos);
  admin.database.refuse("KC503", "");
  EXPECT_NE(get("/overview").body.find("calcom_setup()"), std::string::npos);
  admin.database.answer = {};
  EXPECT_EQ(get("/overview").status, 503U);
}

TEST_F(AdminApi, AnswersMayComeLater) {
  admin.database.holds = true;
  std::vector<unsigned> answered;
  for (int i = 0; i < 3; ++i)
    admin.page.serve(admin.signed_in("GET", "/admin/api/dead"),
                     [&](const Reply& r) { answered.push_back(r.status); });
  EXPECT_TRUE(answered.empty());
  admin.pass(std::chrono::hours(13));
  EXPECT_EQ(admin.login("wrong").status, 401U);
  for (const auto& done : admin.database.waiting) done(admin.database.answer);
  EXPECT_EQ(answered, (std::vector<unsigned>{200, 200, 200}));
}

class SharedOverview : public AdminApi {
 protected:
  SharedOverview() { admin.database.holds = true; }

  void look() {
    admin.page.serve(admin.signed_in("GET", "/admin/api/overview"),
                     [this](const Reply& reply) { seen.push_back(reply.body); });
  }
  void answer(std::size_t question, const std::string& json) {
    admin.database.say(json);
    const auto done = admin.database.waiting.at(question);
    done(admin.database.answer);
  }

  std::vector<std::string> seen;
};

TEST_F(SharedOverview, ManyWhoLookAreOneQuestion) {
  for (int i = 0; i < 50; ++i) look();
  ASSERT_EQ(admin.database.asked.size(), 1U);
  admin.pass(std::chrono::seconds(2));
  answer(0, "1");
  EXPECT_EQ(seen.size(), 50U);
  admin.pass(std::chrono::seconds(17));
  look();
  EXPECT_EQ(seen.size(), 51U);
  EXPECT_EQ(admin.database.asked.size(), 1U) << "what took two seconds rests for eighteen";
  admin.pass(std::chrono::seconds(2));
  look();
  EXPECT_EQ(admin.database.asked.size(), 2U);
}

TEST_F(SharedOverview, RestsAtLeastASecondAndAtMostAMinute) {
  look();
  answer(0, "1");
  admin.pass(std::chrono::milliseconds(900));
  look();
  EXPECT_EQ(admin.database.asked.size(), 1U);
  admin.pass(std::chrono::milliseconds(200));
  look();
  ASSERT_EQ(admin.database.asked.size(), 2U);
  admin.pass(std::chrono::minutes(5));
  answer(1, "2");
  admin.pass(std::chrono::seconds(61));
  look();
  EXPECT_EQ(admin.database.asked.size(), 3U);
}

TEST_F(SharedOverview, AfterAnActNobodySeesWhatWasBefore) {
  look();
  answer(0, "\"before\"");
  look();
  EXPECT_EQ(seen.back(), "\"before\"");
  admin.pass(std::chrono::minutes(2));
  look();  // begun before the act
  admin.serve(admin.act("pause", ""));
  ASSERT_EQ(admin.database.asked.size(), 3U);
  answer(2, "1");  // the act is done
  look();
  ASSERT_EQ(admin.database.asked.size(), 4U);
  answer(1, "\"half\"");
  EXPECT_EQ(seen.back(), "\"half\"");
  answer(3, "\"after\"");
  look();
  EXPECT_EQ(seen.back(), "\"after\"");
  EXPECT_EQ(admin.database.asked.size(), 4U);
}

TEST_F(SharedOverview, FailuresAreNotKept) {
  look();
  admin.database.refuse("57014", "canceled");
  const auto done = admin.database.waiting.at(0);
  done(admin.database.answer);
  look();
  EXPECT_EQ(admin.database.asked.size(), 2U);
}

TEST_F(AdminApi, ActsAreOneStatementUnderTheSessionsName) {
  admin.database.say("{\"outcome\":\"applied\"}");
  const Reply reply =
      admin.serve(admin.act("replay", ",\"account\":\"acme\",\"event_id\":\"" + std::string(kId) + "\""));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "{\"result\":{\"outcome\":\"applied\"}}");
  ASSERT_EQ(admin.database.asked.size(), 1U);
  ASSERT_EQ(values().size(), 5U);
  EXPECT_TRUE(values()[0]->starts_with("operator page, session "));
  EXPECT_EQ(values()[0]->size(), std::string("operator page, session ").size() + 8);
  EXPECT_EQ(admin.cookie.find(values()[0]->substr(values()[0]->size() - 8)), std::string::npos);
  EXPECT_EQ(Values(values().begin() + 1, values().end()), (Values{"replay", "acme", kId, "false"}));
}

TEST_F(AdminApi, ArgumentsOfEveryAct) {
  const std::string id = ",\"id\":\"" + std::string(kId) + "\"";
  const auto asked = [this](const std::string& act, const std::string& arguments) {
    EXPECT_EQ(admin.serve(admin.act(act, arguments)).status, 200U) << act;
    return Values(values().begin() + 1, values().end());
  };
  EXPECT_EQ(asked("replay_dead", ""), (Values{"replay_dead", std::nullopt, std::nullopt, "false"}));
  EXPECT_EQ(asked("replay_dead", ",\"account\":null"),
            (Values{"replay_dead", std::nullopt, std::nullopt, "false"}));
  EXPECT_EQ(asked("rebuild", ",\"uid\":\"a\\u00e4/b\",\"account\":\"x\""),
            (Values{"rebuild", "x", "aä/b", "false"}));
  EXPECT_EQ(asked("retry_email", id + ",\"account\":\"x\",\"even_if_uncertain\":true"),
            (Values{"retry_email", "x", kId, "true"}));
  EXPECT_EQ(asked("cancel_email", id + ",\"account\":\"x\""), (Values{"cancel_email", "x", kId, "false"}));
  EXPECT_EQ(asked("pause", ",\"account\":\"x\""), (Values{"pause", "x", std::nullopt, "false"}));
  EXPECT_EQ(asked("resume", ""), (Values{"resume", std::nullopt, std::nullopt, "false"}));
}

TEST_F(AdminApi, MistakesDoNothing) {
  const std::string id = ",\"id\":\"" + std::string(kId) + "\"";
  const auto status = [this](const std::string& act, const std::string& arguments) {
    return admin.serve(admin.act(act, arguments)).status;
  };
  EXPECT_EQ(status("retry_email", id), 400U);
  EXPECT_EQ(status("retry_email", id + ",\"account\":null"), 400U);
  EXPECT_EQ(status("retry_email", ",\"account\":\"x\""), 400U);
  EXPECT_EQ(status("retry_email", id + id + ",\"account\":\"x\""), 400U);
  EXPECT_EQ(status("retry_email", id + ",\"account\":\"x\",\"account\":\"y\""), 400U);
  EXPECT_EQ(status("retry_email", id + ",\"account\":\"x\",\"even_if_uncertain\":\"true\""), 400U);
  EXPECT_EQ(status("retry_email", id + ",\"account\":\"x\",\"force\":true"), 400U);
  EXPECT_EQ(status("retry_email", ",\"id\":5,\"account\":\"x\""), 400U);
  EXPECT_EQ(status("retry_email", id + ",\"account\":\"a b\""), 400U);
  EXPECT_EQ(status("rebuild", ",\"account\":\"x\",\"uid\":\"a\\u0000b\""), 400U);
  EXPECT_EQ(status("rebuild", ",\"account\":\"x\",\"uid\":\"\""), 400U);
  EXPECT_EQ(status("pause", ",\"account\":[]"), 400U);
  EXPECT_EQ(status("no_such", ""), 404U);
  EXPECT_TRUE(admin.database.asked.empty());
}

TEST_F(AdminApi, WhatDoesNotComeFromThePageDoesNothing) {
  const auto refused = [this](auto change) {
    PageRequest request = admin.act("pause", "");
    change(request);
    return admin.serve(request).status;
  };
  EXPECT_EQ(refused([](PageRequest& r) { r.fetch_site = "cross-site"; }), 403U);
  EXPECT_EQ(refused([](PageRequest& r) { r.origin = "https://evil.example"; }), 403U);
  EXPECT_EQ(refused([](PageRequest& r) { r.content_type = "text/plain"; }), 415U);
  EXPECT_EQ(refused([](PageRequest& r) { r.content_type = std::nullopt; }), 415U);
  EXPECT_EQ(refused([](PageRequest& r) { r.content_type = "application/jsonp"; }), 415U);
  for (const char* body :
       {"", "x", "[]", "{}", "{\"csrf\":\"\"}", "{\"csrf\":5}", "{\"csrf\":null}", "null", "{\"csrf\":"})
    EXPECT_EQ(refused([body](PageRequest& r) { r.body = body; }), 403U) << body;
  EXPECT_EQ(refused([](PageRequest& r) { r.method = "GET"; }), 405U);
  EXPECT_EQ(admin.serve(admin.signed_in("POST", "/admin/api/overview")).status, 405U);
  EXPECT_TRUE(admin.database.asked.empty());
}

}  // namespace
}  // namespace calcom::proxy
