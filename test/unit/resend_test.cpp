// Requests and answers of Resend's API, against answers recorded from it (fixtures/resend/responses.json). A
// wrong verdict here loses mail or sends it twice.
#include "core/sending/resend.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <array>
#include <string>
#include <utility>

namespace calcom {
namespace {

constexpr Micros kNow = 1'795'590'000 * kSecond;  // Wed, 25 Nov 2026 07:00:00 GMT
constexpr Micros kMidnight = 1'795'590'000 * kSecond + 17 * kHour;

Answer answer(int status, std::string body, std::map<std::string, std::string, std::less<>> headers = {}) {
  return {.has_response = true,
          .request_written = true,
          .status = status,
          .headers = std::move(headers),
          .body = std::move(body),
          .transport_error = {}};
}

std::string error_body(const std::string& name, const std::string& message = "whatever") {
  return R"({"statusCode":400,"name":")" + name + R"(","message":")" + message + R"("})";
}

Verdict verdict(int status, const std::string& body) {
  return classify(answer(status, body), kNow).verdict;
}

TEST(ComposeSend, IsTheseBytes) {
  const SendRequest request{.from = "Zoë <zoe@studio.example>",
                            .to = "ana@example.com",
                            .reply_to = "zoe@studio.example",
                            .subject = "Réunion ☕",
                            .html = "<p>\"x\"</p>",
                            .text = "a\nb",
                            .tags = {{"outbox_id", "0192-ab"}, {"kind", "a.b@c é"}},
                            .headers = {{"X-Entity-Ref-ID", "1"}}};
  EXPECT_EQ(compose_send(request),
            R"({"from":"Zoë <zoe@studio.example>","to":["ana@example.com"],"subject":"Réunion ☕",)"
            R"("reply_to":"zoe@studio.example","html":"<p>\"x\"</p>","text":"a\nb",)"
            R"("headers":{"X-Entity-Ref-ID":"1"},)"
            R"("tags":[{"name":"outbox_id","value":"0192-ab"},{"name":"kind","value":"a_b_c___"}]})");
  EXPECT_EQ(compose_send(request), compose_send(request));
}

TEST(ComposeSend, LeavesOutWhatIsEmptyOrRefused) {
  SendRequest request{.from = "a@b.c",
                      .to = "d@e.f",
                      .reply_to = {},
                      .subject = "s",
                      .html = {},
                      .text = "t",
                      .tags = {},
                      .headers = {}};
  EXPECT_EQ(compose_send(request), R"({"from":"a@b.c","to":["d@e.f"],"subject":"s","text":"t"})");
  request.headers = {{"content-TYPE", "text/html"}};
  request.tags = {{"", "x"}, {"x", ""}};
  EXPECT_EQ(compose_send(request), R"({"from":"a@b.c","to":["d@e.f"],"subject":"s","text":"t"})");
}

TEST(ComposeSend, KeepsTagsWithinTheLimits) {
  SendRequest request{.from = "a@b.c",
                      .to = "d@e.f",
                      .reply_to = {},
                      .subject = "s",
                      .html = {},
                      .text = "t",
                      .tags = {},
                      .headers = {}};
  for (int i = 0; i < 100; ++i) request.tags.emplace_back("n", std::string(300, 'v'));
  simdjson::dom::parser parser;
  const simdjson::dom::element body = parser.parse(compose_send(request));
  const simdjson::dom::array tags = body["tags"];
  EXPECT_EQ(tags.size(), 75U);
  EXPECT_EQ(std::string_view(tags.at(0)["value"]).size(), 256U);
}

// Status and name of each recorded error, in the order of the file, with what must follow.
TEST(Classify, RecordedErrors) {
  using enum Verdict;
  const std::array expected = {
      std::pair{400, kStop},     std::pair{401, kStop},  std::pair{400, kFail}, std::pair{401, kStop},
      std::pair{401, kStop},     std::pair{403, kStop},  std::pair{403, kStop}, std::pair{404, kFail},
      std::pair{409, kConflict}, std::pair{409, kRetry}, std::pair{422, kFail}, std::pair{422, kFail},
      std::pair{422, kFail},     std::pair{429, kWait},  std::pair{429, kWait}, std::pair{429, kStop},
      std::pair{500, kRetry},    std::pair{503, kRetry},
  };
  simdjson::dom::parser parser;
  const simdjson::dom::element file = parser.load(CALCOM_FIXTURES "/resend/responses.json");
  const simdjson::dom::array errors = file["errors"];
  ASSERT_EQ(errors.size(), expected.size());
  std::size_t i = 0;
  for (const simdjson::dom::element error : errors) {
    const auto status = static_cast<int>(std::int64_t(error["status"]));
    std::string_view text;
    const std::string body = error["body_text"].get(text) == simdjson::SUCCESS
                                 ? std::string(text)
                                 : simdjson::minify(error["body"]);
    const Outcome outcome = classify(answer(status, body), kNow);
    EXPECT_EQ(status, expected[i].first);
    EXPECT_EQ(verdict_name(outcome.verdict), verdict_name(expected[i].second)) << status << body;
    EXPECT_TRUE(outcome.reason.starts_with(std::to_string(status))) << outcome.reason;
    ++i;
  }
}

TEST(Classify, SentWithTheProvidersId) {
  const Outcome outcome = classify(answer(200, R"({"id":"49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"})"), kNow);
  EXPECT_EQ(outcome.verdict, Verdict::kSent);
  EXPECT_EQ(outcome.provider_id, "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794");
  EXPECT_FALSE(outcome.unknown);
  EXPECT_EQ(verdict(201, R"({"object":"email","id":"x"})"), Verdict::kSent);
}

TEST(Classify, SuccessWithoutAnIdIsUnknownAndAskedAgain) {
  for (const char* body :
       {"", "<html>ok</html>", "{}", "[]", "null", R"({"id":""})", R"({"id":7})", R"({"id":null})",
        R"({"id":"a b"})", R"({"id":"x)", R"({"statusCode":500,"name":"application_error"})"}) {
    const Outcome outcome = classify(answer(200, body), kNow);
    EXPECT_EQ(outcome.verdict, Verdict::kRetry) << body;
    EXPECT_TRUE(outcome.unknown) << body;
  }
}

TEST(Classify, ABadKeyStopsTheSenderUnderAnyStatus) {
  for (const int status : {400, 401, 403, 422})
    EXPECT_EQ(verdict(status, error_body("validation_error", "API key is invalid")), Verdict::kStop)
        << status;
  for (const char* name : {"missing_api_key", "invalid_api_key", "restricted_api_key", "suspended_api_key",
                           "invalid_permission"})
    for (const int status : {400, 401, 403})
      EXPECT_EQ(verdict(status, error_body(name)), Verdict::kStop) << name;
  // But a mail that merely talks of keys is a bad mail.
  EXPECT_EQ(verdict(422, error_body("validation_error", "Invalid `to` field: api key")), Verdict::kFail);
}

TEST(Classify, WhatEveryMailWouldMeetStopsTheSender) {
  EXPECT_EQ(verdict(403, "error code: 1010"), Verdict::kStop);
  EXPECT_EQ(verdict(403, "<!DOCTYPE html><title>Access denied</title>"), Verdict::kStop);
  EXPECT_EQ(verdict(301, ""), Verdict::kStop);
  EXPECT_EQ(verdict(405, error_body("method_not_allowed")), Verdict::kStop);
  EXPECT_EQ(verdict(404, "<html>"), Verdict::kStop);
  EXPECT_EQ(verdict(404, error_body("not_found", "The requested endpoint does not exist")), Verdict::kStop);
  EXPECT_EQ(verdict(403, error_body("validation_error",
                                    "You can only send testing emails to your own email address (a@b.c).")),
            Verdict::kFail);
}

TEST(Classify, AnUnknownNameGoesByItsStatus) {
  EXPECT_EQ(verdict(400, error_body("brand_new")), Verdict::kFail);
  EXPECT_EQ(verdict(401, error_body("brand_new")), Verdict::kStop);
  EXPECT_EQ(verdict(409, error_body("brand_new")), Verdict::kRetry);
  EXPECT_EQ(verdict(413, ""), Verdict::kFail);
  EXPECT_EQ(verdict(422, "<html>"), Verdict::kFail);
  EXPECT_EQ(verdict(429, error_body("brand_new")), Verdict::kWait);
  EXPECT_EQ(verdict(429, "<html>"), Verdict::kWait);
  EXPECT_EQ(verdict(599, error_body("brand_new")), Verdict::kRetry);
}

TEST(Classify, RateLimitWaitsAsLongAsResendSays) {
  const std::string body = error_body("rate_limit_exceeded");
  const auto wait = [&](const std::string& value) {
    return classify(answer(429, body, {{"retry-after", value}}), kNow).wait_until.value() - kNow;
  };
  EXPECT_EQ(wait("7"), 7 * kSecond);
  EXPECT_EQ(wait(" 7 "), 7 * kSecond);
  EXPECT_EQ(wait("Wed, 25 Nov 2026 07:01:30 GMT"), 90 * kSecond);
  EXPECT_EQ(wait("Tue, 24 Nov 2026 07:01:30 GMT"), kSecond);  // past
  EXPECT_EQ(wait("0"), kSecond);
  EXPECT_EQ(wait("999999999"), kDay);
  for (const char* junk :
       {"", "-1", "soon", "7s", "1e3", "99999999999999999999", "Wed, 31 Feb 2026 07:01:30 GMT",
        "Wed, 25 Nov 2026 07:01:30 CET", "Wed, 25 Foo 2026 07:01:30 GMT"})
    EXPECT_EQ(wait(junk), kSecond) << junk;
  EXPECT_EQ(classify(answer(429, body), kNow).wait_until, kNow + kSecond);
}

TEST(Classify, DailyQuotaWaitsForMidnightUtc) {
  const Outcome outcome =
      classify(answer(429, error_body("daily_quota_exceeded"), {{"retry-after", "1"}}), kNow);
  EXPECT_EQ(outcome.verdict, Verdict::kWait);
  EXPECT_EQ(outcome.wait_until, kMidnight);
  const auto wait_at = [](Micros now) {
    return classify(answer(429, error_body("daily_quota_exceeded")), now).wait_until;
  };
  EXPECT_EQ(wait_at(kMidnight - 1), kMidnight);
  EXPECT_EQ(wait_at(kMidnight + 10 * kMinute), kMidnight + kDay);
  // The provider's day may begin a little later than ours.
  EXPECT_EQ(wait_at(kMidnight), kMidnight + 2 * kMinute);
  EXPECT_EQ(wait_at(kMidnight + 9 * kMinute), kMidnight + 11 * kMinute);
}

TEST(Classify, MonthlyQuotaStopsTheSenderAndIsProbedHourly) {
  const Outcome outcome =
      classify(answer(429, error_body("monthly_quota_exceeded"), {{"retry-after", "1"}}), kNow);
  EXPECT_EQ(outcome.verdict, Verdict::kStop);
  EXPECT_EQ(outcome.probe_after, kHour);
  EXPECT_FALSE(outcome.of_domain);
  EXPECT_EQ(outcome.reason, "429 monthly_quota_exceeded");
  EXPECT_FALSE(classify(answer(401, error_body("missing_api_key")), kNow).probe_after) << "grows instead";
}

TEST(Classify, RateLimitWithoutRetryAfterWaitsForTheWindow) {
  const std::string body = error_body("rate_limit_exceeded");
  EXPECT_EQ(classify(answer(429, body, {{"ratelimit-reset", "3"}}), kNow).wait_until, kNow + 3 * kSecond);
  EXPECT_EQ(classify(answer(429, body, {{"ratelimit-reset", "0"}}), kNow).wait_until, kNow + kSecond);
  EXPECT_EQ(classify(answer(429, body, {{"retry-after", "2"}, {"ratelimit-reset", "9"}}), kNow).wait_until,
            kNow + 2 * kSecond);
}

TEST(Classify, AnUnverifiedDomainHoldsTheSenderAndNoMailIsLost) {
  const auto of_domain = [](int status, const char* name, const char* message) {
    const Outcome outcome = classify(answer(status, error_body(name, message)), kNow);
    return outcome.verdict == Verdict::kStop && outcome.of_domain && outcome.probe_after == kDomainProbe;
  };
  constexpr const char* kSaid =
      "The studio.example domain is not verified. Please, add and verify your domain on "
      "https://resend.com/domains";
  EXPECT_TRUE(of_domain(403, "validation_error", kSaid));
  EXPECT_TRUE(of_domain(422, "validation_error", kSaid));
  EXPECT_TRUE(of_domain(403, "invalid_from_address", "whatever"));
  EXPECT_TRUE(of_domain(422, "invalid_from_address", "whatever"));
  // Echoed text does not stop a sender, and a key is a key.
  EXPECT_FALSE(of_domain(422, "validation_error", "Invalid `to` field: the a.b domain is not verified"));
  EXPECT_FALSE(of_domain(422, "validation_error", "The `to` field, the a.b domain is not verified"));
  EXPECT_FALSE(of_domain(403, "restricted_api_key", kSaid));
  EXPECT_EQ(verdict(403, error_body("restricted_api_key", kSaid)), Verdict::kStop);
}

TEST(SenderDomain, OfARequestThatWeMade) {
  SendRequest request{.from = "Studio <Mail@Studio.Example>",
                      .to = "d@e.f",
                      .reply_to = {},
                      .subject = "from: x@y.z",
                      .html = {},
                      .text = "t",
                      .tags = {},
                      .headers = {}};
  EXPECT_EQ(sender_domain_of(compose_send(request)), "studio.example");
  request.from = "a@b.c";
  EXPECT_EQ(sender_domain_of(compose_send(request)), "b.c");
  for (const char* junk : {"", "{}", "[]", R"({"from":7})", R"({"from":"nobody"})"})
    EXPECT_EQ(sender_domain_of(junk), "") << junk;
}

TEST(Classify, ConflictsAreDistinguished) {
  EXPECT_EQ(verdict(409, error_body("invalid_idempotent_request")), Verdict::kConflict);
  const Outcome in_flight = classify(answer(409, error_body("concurrent_idempotent_requests")), kNow);
  EXPECT_EQ(in_flight.verdict, Verdict::kRetry);
  EXPECT_TRUE(in_flight.unknown);  // the other request may be the one that sends it
  const Outcome locked = classify(answer(409, error_body("resource_locked")), kNow);
  EXPECT_EQ(locked.verdict, Verdict::kRetry);
  EXPECT_FALSE(locked.unknown);
}

TEST(Classify, ServerErrorsAreRetriedAndUnknownWhenAGatewaySpoke) {
  const Outcome api = classify(answer(500, error_body("application_error"), {{"retry-after", "30"}}), kNow);
  EXPECT_EQ(api.verdict, Verdict::kRetry);
  EXPECT_FALSE(api.unknown);
  EXPECT_EQ(api.wait_until, kNow + 30 * kSecond);
  for (const int status : {502, 504, 520, 527}) {
    const Outcome gateway = classify(answer(status, "<html>bad gateway</html>"), kNow);
    EXPECT_EQ(gateway.verdict, Verdict::kRetry);
    EXPECT_TRUE(gateway.unknown) << status;
  }
  EXPECT_TRUE(classify(answer(408, ""), kNow).unknown);
}

TEST(Classify, WithoutAnAnswerTheQuestionIsWhetherItWasAsked) {
  Answer none;
  none.transport_error = "timeout";
  none.request_written = true;
  EXPECT_EQ(classify(none, kNow).verdict, Verdict::kRetry);
  EXPECT_TRUE(classify(none, kNow).unknown);
  EXPECT_FALSE(classify(none, kNow).unreached);
  EXPECT_EQ(classify(none, kNow).reason, "timeout");
  none.request_written = false;
  EXPECT_EQ(classify(none, kNow).verdict, Verdict::kRetry);
  EXPECT_TRUE(classify(none, kNow).unreached);
  EXPECT_FALSE(classify(none, kNow).unknown);
  none.transport_error.clear();
  EXPECT_EQ(classify(none, kNow).reason, "no answer");
}

TEST(Classify, ReasonsNeverRepeatTheProvidersWords) {
  EXPECT_EQ(classify(answer(422, error_body("validation_error", "ana@example.com is wrong")), kNow).reason,
            "422 validation_error");
  EXPECT_EQ(classify(answer(422, error_body("ana@example.com")), kNow).reason, "422");
  EXPECT_EQ(classify(answer(502, "<p>ana@example.com</p>"), kNow).reason, "502 not an answer of the API");
  EXPECT_EQ(classify(answer(503, ""), kNow).reason, "503 empty answer");
  EXPECT_EQ(classify(answer(200, "{}"), kNow).reason, "200 without an id");
}

TEST(RateAdvice, ReadsTheWindowOfTheLimit) {
  const auto window = [](const char* policy) {
    return rate_advice(answer(200, "", {{"ratelimit-policy", policy}}), kNow).window;
  };
  EXPECT_EQ(window("10;w=1"), 1);
  EXPECT_EQ(window("100;w=60;burst=5"), 60);
  for (const char* const nonsense : {"10", "10;w=", "10;w=0", "10;w=-1", "10;w=1e9", "10;w=x", ""})
    EXPECT_FALSE(window(nonsense)) << nonsense;
}

TEST(RateAdvice, ReadsHeadersAndDistrustsNonsense) {
  const RateAdvice advice = rate_advice(
      answer(200, "", {{"ratelimit-limit", "10"}, {"ratelimit-remaining", "0"}, {"ratelimit-reset", "1"}}),
      kNow);
  EXPECT_EQ(advice.limit, 10);
  EXPECT_EQ(advice.remaining, 0);
  EXPECT_EQ(advice.reset_at, kNow + kSecond);
  const RateAdvice nonsense = rate_advice(
      answer(200, "",
             {{"ratelimit-limit", "0"}, {"ratelimit-remaining", "-3"}, {"ratelimit-reset", "10;w=1"}}),
      kNow);
  EXPECT_FALSE(nonsense.limit || nonsense.remaining || nonsense.reset_at);
  EXPECT_FALSE(rate_advice(Answer{}, kNow).limit);
}

}  // namespace
}  // namespace calcom
