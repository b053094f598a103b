// Hostile text: what people type must neither break a line, nor leave its place in HTML, nor read as
// something else.
#include "core/base/escape.hpp"

#include <gtest/gtest.h>

#include "core/mail/locale_fill.hpp"

namespace calcom {
namespace {

TEST(OneLine, IsOneLineWhateverComes) {
  EXPECT_EQ(one_line("a\r\nBcc: x@y.z\nb\rc", 100), "a Bcc: x@y.z b c");
  EXPECT_EQ(one_line("  a \t  b\xE2\x80\xA8"
                     "c\xC2\x85"
                     "d  ",
                     100),
            "a b c d");
  EXPECT_EQ(one_line("a\x01\x1B[31mb\x7F", 100), "a[31mb");
  EXPECT_EQ(one_line(std::string_view("a\0b", 3), 100),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(one_line("", 100), "");
  EXPECT_EQ(one_line(" \n\t ", 100), "");
}

TEST(OneLine, CannotBeTurnedRound) {
  EXPECT_EQ(one_line("pay\xE2\x80\xAEgpj.exe\xE2\x81\xA6\xE2\x80\x8F\xD8\x9C", 100), "paygpj.exe");
}

TEST(OneLine, KeepsWhatPeopleWrite) {
  const std::string people = "Zoë Müller – 山田太郎 👩‍👩‍👧 שלום";
  EXPECT_EQ(one_line(people, 100), people);
}

TEST(OneLine, MendsWhatIsNotUtf8) {
  EXPECT_EQ(one_line("a\xFF\xC3", 100), "a\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(OneLine, CutsAtACharacter) {
  EXPECT_EQ(one_line("éééé", 4), "éééé");
  EXPECT_EQ(one_line("ééééé", 4), "ééé…");
  EXPECT_EQ(one_line("ab cdef", 4), "ab…");
}

TEST(SeveralLines, KeepsBreaksButNotEmptySpace) {
  EXPECT_EQ(several_lines("\n a\r\n\r\n\r\n\r\nb\rc \n", 100), "a\n\nb\nc");
  EXPECT_EQ(several_lines("ab\ncdef", 5), "ab\nc…");
}

TEST(HtmlEscape, LeavesNoWayOut) {
  EXPECT_EQ(html_escape("<a href=\"x\" b='y'>&amp;"), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
}

TEST(FormEncode, IsUrlSearchParams) {
  EXPECT_EQ(form_encode("a b+c@d.e*-_~é/\n"), "a+b%2Bc%40d.e*-_%7E%C3%A9%2F%0A");
}

TEST(SafeUrl, TakesOrdinaryLinks) {
  for (const char* url :
       {"https://meet.google.com/xyz", "HTTPS://x.example", "http://app.cal.local:3000/video/1?a=b&c=%20#d",
        "https://[2001:db8::1]/x", "https://x.example/a@b"})
    EXPECT_EQ(safe_url(url), url);
  EXPECT_EQ(safe_url("https://x.example/é"), "https://x.example/%C3%A9");
}

TEST(SafeUrl, RefusesTheRest) {
  for (const char* url : {"",
                          "x",
                          "//x.example",
                          "javascript:alert(1)",
                          "data:text/html,x",
                          "ftp://x",
                          "mailto:a@b.c",
                          "https:x",
                          "https://",
                          "https://:80",
                          "https:///x",
                          "https://a:b@c.example/",
                          "https://good.example@evil.example",
                          "https://x.example/a b",
                          "https://x.example/\"",
                          "https://x.example/'",
                          "https://x.example/<",
                          " https://x.example",
                          "https://x.example/\n",
                          "https://é.example/",
                          "https://x.example\\@evil.example/",
                          "https://a b/"})
    EXPECT_EQ(safe_url(url), "") << url;
  EXPECT_EQ(safe_url("https://x.example/" + std::string(3000, 'a')), "");
}

TEST(UrlHost, IsTheHostAlone) {
  EXPECT_EQ(url_host("https://Meet.Google.COM:443/a?b"), "meet.google.com");
  EXPECT_EQ(url_host("http://[::1]:80/"), "[::1]");
}

TEST(Fill, FillsOnceAndOnlyWhatIsKnown) {
  EXPECT_EQ(fill("{a} and {b}, {c} {a}{", {{"a", "{b}"}, {"b", "2"}}), "{b} and 2, {c} {b}{");
  EXPECT_EQ(fill("", {}), "");
}

}  // namespace
}  // namespace calcom
