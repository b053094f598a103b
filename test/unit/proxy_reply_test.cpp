// What the database said, as an HTTP status: the contract between calcom_ingest and Cal.com's retries.
#include "proxy/http/reply.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "proxy/http/response.hpp"

namespace calcom::proxy {
namespace {

Answer refused(const std::string& sqlstate) {
  return {Fate::kRefused, "", "", sqlstate};
}

Answer fated(Fate fate) {
  return {fate, "", "", ""};
}

TEST(Reply, EverySqlstateHasItsStatus) {
  const std::map<std::string, unsigned> expected{
      {"KC401", 401}, {"KC402", 401}, {"KC403", 401}, {"KC404", 404}, {"KC413", 413},
      {"KC423", 423}, {"KC503", 503}, {"08006", 503}, {"53200", 503}, {"57014", 503},
      {"40001", 503}, {"55P03", 503}, {"XX000", 503}, {"25006", 503}, {"42883", 503},
      {"3F000", 503}, {"42501", 500}, {"22021", 500}, {"02000", 500}, {"", 500}};
  for (const auto& [sqlstate, status] : expected) {
    const Reply reply = reply_to(refused(sqlstate));
    EXPECT_EQ(reply.status, status) << sqlstate;
    EXPECT_EQ(reply.retry_after, status == 503 ? 5U : 0U) << sqlstate;
  }
}

TEST(Reply, WhatMayPassByItselfIsToBeRepeated) {
  for (const Fate fate : {Fate::kUnknown, Fate::kTimedOut, Fate::kAway, Fate::kNotInstalled}) {
    EXPECT_EQ(reply_to(fated(fate)).status, 503U);
    EXPECT_EQ(reply_to(fated(fate)).retry_after, 5U);
  }
  EXPECT_EQ(reply_to(fated(Fate::kQueueFull)).retry_after, 1U);
}

TEST(Reply, CommittedNamesOutcomeAndEvent) {
  const Reply reply = reply_to({Fate::kCommitted, "applied", "0199\"\n", ""});
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, R"({"outcome":"applied","event_id":"0199\"\n"})");
}

TEST(Reply, MissingSecretTellsTheOperatorOnly) {
  EXPECT_NE(operator_hint(refused("KC403")).find("calcom_set_secret"), std::string_view::npos);
  EXPECT_EQ(reply_to(refused("KC403")).body.find("calcom_set_secret"), std::string::npos);
  EXPECT_EQ(operator_hint(refused("KC401")), "");
}

TEST(Response, HeadHasTheLengthWithoutTheBody) {
  const Response response = make_response(health_reply(""), {11, true, true}, 0);
  EXPECT_EQ(response["Content-Length"], "15");
  EXPECT_EQ(response.body(), "");
  EXPECT_EQ(response["Date"], "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(response.count("Server"), 0U);
}

TEST(Response, AllowAndRetryAfterOnlyWhereTheyBelong) {
  Reply reply = error_reply(405, "method not allowed");
  reply.allow = "POST";
  EXPECT_EQ(make_response(reply, {}, 0)["Allow"], "POST");
  EXPECT_EQ(make_response(reply, {}, 0).count("Retry-After"), 0U);
  EXPECT_EQ(make_response(health_reply("away"), {}, 0)["Retry-After"], "5");
}

}  // namespace
}  // namespace calcom::proxy
