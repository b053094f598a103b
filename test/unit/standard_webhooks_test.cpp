// Signatures of Resend's webhooks against vectors made by the reference libraries. What they wrongly take
// (LAX: junk behind a timestamp; an empty key) is refused here.
#include "core/webhook/standard_webhooks.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

namespace calcom {
namespace {

using enum WebhookVerdict;

class Vectors : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(parser_.load(std::string(CALCOM_FIXTURES) + "/resend/signature_vectors.json").get(root_),
              simdjson::SUCCESS);
  }
  simdjson::dom::array list(const char* name) { return root_[name].get_array(); }
  static std::string text(simdjson::dom::element element, const char* name) {
    std::string_view value;
    return element[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
  }
  static Micros now(simdjson::dom::element vector) { return std::int64_t{vector["verify_now"]} * kSecond; }

  // A vector whose headers stand apart.
  static WebhookVerdict verdict(simdjson::dom::element vector) {
    std::string id, timestamp, signature;
    for (const auto [name, value] : vector["headers"].get_object()) {
      std::string& wanted = name.ends_with("-id") ? id : name.ends_with("-timestamp") ? timestamp : signature;
      wanted = std::string_view(value);
    }
    const std::string body = text(vector, "body");
    return verify_webhook({id, timestamp, signature, body}, text(vector, "secret"), now(vector),
                          kWebhookTolerance);
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

TEST_F(Vectors, EveryValidOneVerifiesAndIsMadeByUsToo) {
  int count = 0;
  for (const auto vector : list("valid")) {
    const std::string id = text(vector, "id"), timestamp = text(vector, "timestamp"),
                      body = text(vector, "body"), secret = text(vector, "secret"),
                      signature = text(vector, "signature");
    EXPECT_EQ(verify_webhook({id, timestamp, signature, body}, secret, now(vector), kWebhookTolerance),
              kValid)
        << text(vector, "name");
    EXPECT_EQ(sign_webhook(id, timestamp, body, secret), signature) << text(vector, "name");
    EXPECT_EQ(verify_webhook({id, timestamp, signature, body + " "}, secret, now(vector), kWebhookTolerance),
              kWrong);
    ++count;
  }
  EXPECT_EQ(count, 11);
}

TEST_F(Vectors, EveryInvalidOneIsRefused) {
  int count = 0;
  for (const auto vector : list("invalid")) {
    EXPECT_NE(verdict(vector), kValid) << text(vector, "name");
    ++count;
  }
  EXPECT_EQ(count, 18);
}

TEST_F(Vectors, HeaderCasesPassUnlessTheReferenceIsLax) {
  int count = 0;
  for (const auto vector : list("header_cases_ok")) {
    const std::string name = text(vector, "name");
    EXPECT_EQ(verdict(vector), name.starts_with("LAX") ? kMalformed : kValid) << name;
    ++count;
  }
  EXPECT_EQ(count, 8);
}

TEST_F(Vectors, NoUnfitSecretAcceptsAnything) {
  int count = 0;
  for (const auto vector : list("secret_errors")) {
    const std::string secret = text(vector, "secret");
    // Signed with the empty key, as a careless library would.
    EXPECT_EQ(verify_webhook({"msg_1", "1763799672", "v1,EM1Nj8eQ3kn8M1UfBnIYNm4xkPw4CkYBTHOQ4Zt5d8I=", "{}"},
                             secret, 1763799672 * kSecond, kWebhookTolerance),
              kSecretUnfit)
        << secret;
    EXPECT_EQ(sign_webhook("msg_1", "1", "{}", secret), "");
    ++count;
  }
  EXPECT_EQ(count, 3);
}

constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

TEST(StandardWebhooks, ToleranceIsInclusiveOnBothSidesAndTheClockMayBeWithinASecond) {
  const std::string signature = sign_webhook("m", "1000", "b", kSecret);
  const auto at = [&](Micros now) {
    return verify_webhook({"m", "1000", signature, "b"}, kSecret, now, 300 * kSecond);
  };
  EXPECT_EQ(at(1300 * kSecond + 999'999), kValid);
  EXPECT_EQ(at(1301 * kSecond), kOutsideTime);
  EXPECT_EQ(at(700 * kSecond), kValid);
  EXPECT_EQ(at(699 * kSecond), kOutsideTime);
}

TEST(StandardWebhooks, TheTimestampIsAllDigits) {
  for (const char* timestamp :
       {"+1000", "-1000", " 1000", "1000 ", "1e3", "0x3e8", "1000.0", "99999999999999999999"}) {
    const std::string signature = sign_webhook("m", timestamp, "b", kSecret);
    EXPECT_EQ(verify_webhook({"m", timestamp, signature, "b"}, kSecret, 1000 * kSecond, kWebhookTolerance),
              kMalformed)
        << timestamp;
  }
}

TEST(StandardWebhooks, EveryWrongBitIsNoticed) {
  const std::string good = sign_webhook("m", "1000", "b", kSecret);
  for (std::size_t i = 3; i + 2 < good.size(); ++i) {  // the last digit before the padding has spare bits
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(verify_webhook({"m", "1000", bad, "b"}, kSecret, 1000 * kSecond, kWebhookTolerance), kWrong)
        << bad;
  }
  EXPECT_EQ(
      verify_webhook({"m", "1000", "   " + good + "  v1,", "b"}, kSecret, 1000 * kSecond, kWebhookTolerance),
      kValid);
}

}  // namespace
}  // namespace calcom
