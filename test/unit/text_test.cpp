// Rules about text that several fields share.
#include "core/text.hpp"

#include <gtest/gtest.h>

namespace calcom {
namespace {

using namespace std::string_view_literals;

TEST(Text, TrimsBlanksAndLineEnds) {
  EXPECT_EQ(trimmed(" \t a b \r\n"), "a b");
  EXPECT_EQ(trimmed(" \n "), "");
}

TEST(Text, CutsBetweenCharacters) {
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(cut_utf8("abc", 2), "ab");
  EXPECT_EQ(cut_utf8("aü", 2), "a");
  EXPECT_EQ(cut_utf8("😀x", 3), "");
  EXPECT_EQ(cut_utf8("😀x", 4), "😀");
}

TEST(Text, EmailsBecomeKeys) {
  EXPECT_EQ(normal_email("  Bob.Smith+CAL@Example.COM\n"), "bob.smith+cal@example.com");
  EXPECT_EQ(normal_email("ÜBER@example.com"), "Über@example.com");  // only ASCII letters are folded
}

TEST(Text, EmailsThatWouldBreakAHeaderAreNone) {
  EXPECT_EQ(normal_email("a@example.com\r\nBcc: b@example.com"), "");
  EXPECT_EQ(normal_email("a b@example.com"), "");
  EXPECT_EQ(normal_email("a@example.com\0"sv), "");
  EXPECT_EQ(normal_email(std::string(321, 'a')), "");
  EXPECT_EQ(normal_email(std::string(320, 'a')).size(), 320U);
}

TEST(Text, OnlyHttpLinksAreLinks) {
  EXPECT_TRUE(is_http_url("https://meet.example/x"));
  EXPECT_TRUE(is_http_url("HTTP://meet.example"));
  EXPECT_FALSE(is_http_url("https://"));
  EXPECT_FALSE(is_http_url("javascript:alert(1)"));
  EXPECT_FALSE(is_http_url("integrations:daily"));
  EXPECT_FALSE(is_http_url("https://a b"));
  EXPECT_FALSE(is_http_url("https://a\nb"));
}

}  // namespace
}  // namespace calcom
