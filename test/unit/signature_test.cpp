// Only who knows the secret may speak: every captured body verifies, nothing else does.
#include "core/webhook/signature.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <simdjson.h>

#include <string>

#include "calcom_fixture.hpp"

namespace calcom {
namespace {

using enum SignatureVerdict;
using namespace std::string_view_literals;

constexpr std::string_view kSecret = "whsec_test";

TEST(Signature, EveryCapturedBodyVerifies) {
  simdjson::dom::parser parser;
  const std::string manifest = calcom_fixture("manifest.json");
  std::size_t count = 0;
  for (const simdjson::dom::element fixture : parser.parse(manifest)["fixtures"]) {
    const std::string file{std::string_view{fixture["file"]}};
    const std::string_view expected = fixture["hmac_sha256"];
    const std::string body = calcom_fixture(file);
    EXPECT_EQ(sign(body, kSecret), expected) << file;
    EXPECT_EQ(verify(body, expected, kSecret), kValid) << file;
    EXPECT_EQ(verify(body + " ", expected, kSecret), kWrong) << file;
    ++count;
  }
  EXPECT_GE(count, 50U);
}

TEST(Signature, MatchesRfc4231) {
  EXPECT_EQ(sign("what do ya want for nothing?", "Jefe"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(sign("Test Using Larger Than Block-Size Key - Hash Key First", std::string(131, '\xaa')),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Signature, Sha256MatchesFips180) {
  const auto hex = [](const Sha256& digest) {
    std::string out;
    for (const unsigned char byte : digest) {
      out += "0123456789abcdef"[byte >> 4U];
      out += "0123456789abcdef"[byte & 15U];
    }
    return out;
  };
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Signature, EveryWrongBitIsNoticed) {
  const std::string good = sign("body", kSecret);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == '0' ? '1' : '0';
    EXPECT_EQ(verify("body", bad, kSecret), kWrong) << i;
  }
}

TEST(Signature, TakesBlanksAroundAndUpperCase) {
  const std::string good = sign("body", kSecret);
  std::string upper = good;
  for (char& c : upper)
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  EXPECT_EQ(verify("body", upper, kSecret), kValid);
  EXPECT_EQ(verify("body", " \t" + good + "\r\n", kSecret), kValid);
}

TEST(Signature, NamesWhatIsWrongWithAHeader) {
  const std::string good = sign("body", kSecret);
  EXPECT_EQ(verify("body", "", kSecret), kMissing);
  EXPECT_EQ(verify("body", "  ", kSecret), kMissing);
  EXPECT_EQ(verify("body", "no-secret-provided", kSecret), kNoSecret);
  EXPECT_EQ(verify("body", good + "," + good, kSecret), kSeveral);
  EXPECT_EQ(verify("body", good + ", no-secret-provided", kSecret), kSeveral);
  EXPECT_EQ(verify("body", "sha256=" + good, kSecret), kMalformed);
  EXPECT_EQ(verify("body", good.substr(1), kSecret), kMalformed);
  EXPECT_EQ(verify("body", good + "0", kSecret), kMalformed);
  EXPECT_EQ(verify("body", good.substr(0, 63) + "g", kSecret), kMalformed);
  EXPECT_EQ(verify("body", good.substr(0, 32) + " " + good.substr(33), kSecret), kMalformed);
  EXPECT_EQ(verify("body", std::string(64, '\0'), kSecret), kMalformed);
  EXPECT_EQ(verify("body", std::string(1 << 20, 'a'), kSecret), kMalformed);
  EXPECT_EQ(verify("body", sign("body", "other"), kSecret), kWrong);
}

TEST(Signature, AnEmptySecretVerifiesNothing) {
  EXPECT_EQ(verify("body", sign("body", ""), ""), kSecretEmpty);
  EXPECT_EQ(verify("body", sign("body", kSecret), ""), kSecretEmpty);
  EXPECT_EQ(verify("body", "no-secret-provided", ""), kNoSecret);
}

TEST(Signature, SecretsMayHoldAnyBytes) {
  const std::string_view secret = "a\0\xFFü"sv;
  EXPECT_EQ(verify("body", sign("body", secret), secret), kValid);
  EXPECT_EQ(verify("body", sign("body", secret), "a"), kWrong);
}

TEST(Signature, LeavesOpensslsErrorQueueAsItWas) {
  ERR_clear_error();
  ERR_put_error(ERR_LIB_USER, 0, 42, __FILE__, __LINE__);
  EXPECT_EQ(verify("body", sign("body", kSecret), kSecret), kValid);
  EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), 42);
  EXPECT_EQ(ERR_get_error(), 0U);
}

}  // namespace
}  // namespace calcom
