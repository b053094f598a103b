// The token's file and what is made from the token.
#include "proxy/admin/token.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace calcom::proxy {
namespace {

class TokenFiles : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(directory_.data()), nullptr); }
  void TearDown() override {
    unlink(path().c_str());
    rmdir(directory_.c_str());
  }

  std::string path() const { return directory_ + "/token"; }
  TokenFile read(const std::string& content, mode_t mode = 0600) {
    unlink(path().c_str());
    std::ofstream(path()) << content;
    chmod(path().c_str(), mode);
    return read_token_file(path());
  }

 private:
  std::string directory_ = testing::TempDir() + "tokenXXXXXX";
};

TEST_F(TokenFiles, AGoodOne) {
  EXPECT_EQ(read("0123456789abcdef\r\n").token, "0123456789abcdef");
  EXPECT_EQ(read("0123456789 abcdef\n", 0400).token, "0123456789 abcdef");
}

TEST_F(TokenFiles, OthersAreRefused) {
  EXPECT_NE(read("0123456789abcde\n").fault, "");
  EXPECT_NE(read("").fault, "");
  EXPECT_NE(read(std::string(4097, 'a')).fault, "");
  for (const mode_t mode : {0640, 0604, 0620, 0666, 0610}) {
    const TokenFile file = read("0123456789abcdef", mode);
    EXPECT_NE(file.fault, "") << mode;
    EXPECT_EQ(file.token, "");
  }
  EXPECT_NE(read_token_file("/nonexistent/token").fault, "");
  EXPECT_NE(read_token_file("/").fault, "");
  EXPECT_NE(read_token_file("").fault, "");
}

TEST(AdminToken, ComparesTheWhole) {
  const AdminToken token("0123456789abcdef");
  EXPECT_TRUE(token.is("0123456789abcdef"));
  EXPECT_FALSE(token.is("0123456789abcdeF"));
  EXPECT_FALSE(token.is("0123456789abcdef0"));
  EXPECT_FALSE(token.is(""));
}

TEST(AdminToken, LinksTellNothingAndDiffer) {
  const AdminToken token("0123456789abcdef");
  const AdminToken::Time made{std::chrono::milliseconds(1700000000123)};
  const std::string key = token.link_key(made);
  EXPECT_NE(key, token.link_key(made));
  EXPECT_EQ(key.find("0123456789abcdef"), std::string::npos);
  const auto link = token.read_link_key(key);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->made, made);
  EXPECT_EQ(link->nonce.size(), 32U);
  EXPECT_FALSE(AdminToken("0123456789abcdeF").read_link_key(key));
}

TEST(AdminToken, KeysAreRandom) {
  EXPECT_EQ(random_key().size(), 64U);
  EXPECT_NE(random_key(), random_key());
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace calcom::proxy
