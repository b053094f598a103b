// Rules about text that several fields share.
#include "core/base/text.hpp"

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

TEST(Text, MailGoesToAddressesOnly) {
  for (const char* address :
       {"ada@example.com", "a.b+c@sub.example", "root@localhost", "ü@example.com", "o'b@x.y"})
    EXPECT_TRUE(is_mailable(address)) << address;
  for (const char* address : {"", "ada", "@example.com", "ada@", "a@b@c", "a b@c.d", "a,b@c.d", "<a@b.c>",
                              "a;b@c.d", "\"a\"@b.c", "4915112345@sms.cal.com"})
    EXPECT_FALSE(is_mailable(address)) << address;
}

TEST(Text, AnswersGoWhereResendLetsThem) {
  for (const char* address : {"ada@example.com", "a.b+c@sub.example.com", "o'b@x.y"})
    EXPECT_TRUE(is_answerable(address)) << address;
  for (const char* address :
       {"", "root@localhost", "ü@example.com", "ada@exämple.com", ".a@b.c", "a.@b.c", "a..b@c.d", "a@.b.c",
        "a@b.c.", "a@b..c", "a(b)@c.d", "a:b@c.d", "a@[1.2.3.4]", "a\\b@c.d", "4915112345@sms.cal.com"})
    EXPECT_FALSE(is_answerable(address)) << address;
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
