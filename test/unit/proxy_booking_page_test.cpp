// The booking page with a database that is played: what is shown, what is asked, how often, and what stands
// in the policy.
#include "proxy/booking/booking_page.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "proxy/page/pages.hpp"

namespace calcom::proxy {
namespace {

class FakeQueries final : public Queries {
 public:
  void ask(Query query, Done done) override { asked.emplace_back(std::move(query), std::move(done)); }

  void answer(const QueryResult& result) {
    ASSERT_FALSE(asked.empty());
    const Done done = asked.front().second;
    asked.erase(asked.begin());
    done(result);
  }

  std::vector<std::pair<Query, Done>> asked;
};

QueryResult rows(std::vector<std::vector<std::string>> rows) {
  QueryResult result;
  result.state = QueryResult::State::kRow;
  result.rows = std::move(rows);
  return result;
}

QueryResult away() {
  QueryResult result;
  result.state = QueryResult::State::kError;
  result.sqlstate = kAwayState;
  return result;
}

std::vector<std::string> account_row() {
  return {
      "https://cal.com/zoe/intro",
      "https://app.cal.com",
      "https://app.cal.com/embed/embed.js",
      "zoe/intro",
      "Meet <Zoe>",
      "\"Hi\" & {{theme}}",
      "dark",
      "en",
      "t",
      "One\x1fTwo <b>",
      R"({"skip":"Skip {{seen}}","link":"Book on {host}","next":"Again \"x\" <b>","confirmed_title":"Yes"})"};
}

std::vector<std::string> row_in(const std::string& locale, const std::string& title) {
  auto row = account_row();
  row[4] = title;
  row[7] = locale;
  return row;
}

class BookingPageTest : public testing::Test {
 protected:
  void get(const std::string& path, const std::string& peer = "192.0.2.1", const std::string& method = "GET",
           const std::string& languages = "") {
    PageRequest request;
    request.method = method;
    request.path = path.substr(0, path.find('?'));
    if (request.path.size() < path.size()) request.query = path.substr(request.path.size() + 1);
    request.peer = peer;
    if (!languages.empty()) request.accept_language = languages;
    page.serve(request, [this](const Reply& reply) { replies.push_back(reply); });
  }
  Reply shown(const std::string& path) {
    get(path);
    if (!queries.asked.empty()) queries.answer(rows({account_row()}));
    return replies.empty() ? Reply{} : replies.back();
  }
  static std::string header(const Reply& reply, std::string_view name) {
    for (const auto& [key, value] : reply.headers) {
      if (key == name) return value;
    }
    return "";
  }

  RequestRate::Time now{};
  FakeQueries queries;
  boost::asio::io_context io;
  Log log{LogFormat::kText, io};
  BookingPage page{queries, "'none'", log, [this] { return now; }};
  std::vector<Reply> replies;
};

TEST_F(BookingPageTest, ShowsTextsEscaped) {
  const Reply reply = shown("/book");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.content_type, "text/html; charset=utf-8");
  EXPECT_NE(reply.body.find("Meet &lt;Zoe&gt;"), std::string::npos);
  EXPECT_NE(reply.body.find("&quot;Hi&quot; &amp; {{theme}}"), std::string::npos);
  EXPECT_NE(reply.body.find("<li>Two &lt;b&gt;</li>"), std::string::npos);
  EXPECT_NE(reply.body.find("/book/default/seen/"), std::string::npos);
  EXPECT_EQ(reply.body.find("<script>"), std::string::npos);
  EXPECT_EQ(reply.body.find(" style="), std::string::npos);
}

TEST(PageWords, EveryLanguageHasTheSameNames) {
  const auto names = [](const Words& words) {
    std::vector<std::string> all;
    for (const auto& [name, text] : words) {
      EXPECT_NE(text, "") << name;
      all.push_back(name);
    }
    return all;
  };
  const PageWords& english = words_for("en");
  EXPECT_EQ(english.words.size(), 36U);
  for (const char* locale : {"en", "de", "es", "fr"}) {
    const PageWords& page = words_for(locale);
    EXPECT_EQ(page.locale, locale);
    EXPECT_EQ(names(page.words), names(english.words)) << locale;
    EXPECT_EQ(names(page.notices), names(english.notices)) << locale;
    EXPECT_EQ(page.benefits.size(), 3U) << locale;
    EXPECT_FALSE(page.title.empty() || page.intro.empty()) << locale;
  }
}

TEST(PageWords, TextsThatTheAccountHasNotSetAreBuiltIn) {
  auto row = row_in("de-AT", "");
  row[5] = row[9] = "";
  row[8] = "f";
  row[10] = R"({"next":"Noch ein Termin"})";
  const auto german = booking_view("default", row);
  ASSERT_TRUE(german);
  EXPECT_EQ(german->title, "Termin buchen");
  EXPECT_EQ(german->benefits, words_for("de").benefits);
  EXPECT_EQ(german->words.at("next"), "Noch ein Termin");
  EXPECT_EQ(german->words.at("skip"), words_for("de").words.at("skip"));
  EXPECT_EQ(german->words_locale, "de-AT");
  row[7] = "nl";
  row[8] = "t";
  EXPECT_EQ(booking_view("default", row)->words_locale, "nl");
  EXPECT_TRUE(booking_view("default", row)->benefits.empty()) << "the account shows none";
  row[10] = "{}";
  const auto dutch = booking_view("default", row);
  EXPECT_EQ(dutch->words_locale, "en");
  EXPECT_EQ(dutch->title, "Book a time");
}

TEST_F(BookingPageTest, ItsOwnWordsComeFromTheDatabase) {
  const Reply reply = shown("/book");
  EXPECT_NE(reply.body.find(">Skip {{seen}}</a>"), std::string::npos);
  EXPECT_NE(reply.body.find(">Book on cal.com</a>"), std::string::npos);
  EXPECT_NE(reply.body.find(">Again &quot;x&quot; &lt;b&gt;</a>"), std::string::npos);
  EXPECT_NE(reply.body.find("&quot;confirmed_title&quot;:&quot;Yes&quot;"), std::string::npos);
  auto row = account_row();
  row[10] = "no JSON";
  const auto view = booking_view("default", row);
  ASSERT_TRUE(view);
  EXPECT_EQ(booking_reply(*view, "'none'").status, 200u);
}

TEST_F(BookingPageTest, TheVisitorsLanguageIsChosenAmongThoseOfThePage) {
  get("/book", "192.0.2.1", "GET", "fr;q=0.9, de-AT");
  get("/book", "192.0.2.1", "GET", "nl, fr;q=0.1");
  get("/book?lang=fr", "192.0.2.1", "GET", "de");
  get("/book", "192.0.2.1", "GET", "nl");
  get("/book");
  queries.answer(rows({row_in("en", "Hello"), row_in("de", "Hallo"), row_in("fr", "Salut")}));
  get("/book", "192.0.2.1", "GET", "de");
  ASSERT_EQ(replies.size(), 6u);
  for (const auto& [place, title] : std::vector<std::pair<std::size_t, std::string>>{
           {0, "Hallo"}, {1, "Salut"}, {2, "Salut"}, {3, "Hello"}, {4, "Hello"}, {5, "Hallo"}}) {
    EXPECT_NE(replies[place].body.find("<title>" + title), std::string::npos) << place;
    EXPECT_EQ(header(replies[place], "Vary"), "Accept-Language");
  }
  EXPECT_NE(replies[0].body.find("<html lang=\"de\" dir=\"ltr\""), std::string::npos);
  EXPECT_TRUE(queries.asked.empty()) << "one question for all languages";
}

TEST_F(BookingPageTest, SomeLanguagesAreWrittenFromRightToLeft) {
  get("/book");
  queries.answer(rows({row_in("he-il", "x")}));
  EXPECT_NE(replies.back().body.find("<html lang=\"he-il\" dir=\"rtl\""), std::string::npos);
}

TEST_F(BookingPageTest, NoticesAreInTheVisitorsLanguageToo) {
  get("/book/a/b", "192.0.2.1", "GET", "de-CH");
  EXPECT_NE(replies.back().body.find("<html lang=\"de\""), std::string::npos);
  EXPECT_NE(replies.back().body.find("Hier gibt es keine Buchungsseite"), std::string::npos);
  get("/book/a/b", "192.0.2.1", "GET", "\"><script>");
  EXPECT_NE(replies.back().body.find("There is no booking page here"), std::string::npos);
}

TEST_F(BookingPageTest, PolicyAllowsTheEmbedAndNothingElse) {
  const std::string policy = header(shown("/book"), "Content-Security-Policy");
  EXPECT_EQ(policy,
            "default-src 'none'; script-src 'self' https://app.cal.com; frame-src https://app.cal.com "
            "https://cal.com; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
            "form-action "
            "'none'; base-uri 'none'; frame-ancestors 'none'");
}

TEST_F(BookingPageTest, RefusesWhatCouldLeaveAPolicy) {
  for (std::size_t column : {0u, 1u, 2u, 3u}) {
    auto row = account_row();
    row[column] = "https://a.example; script-src *";
    EXPECT_EQ(booking_view("default", row), std::nullopt) << column;
  }
  auto row = account_row();
  row[0] = "javascript:alert(1)";
  EXPECT_EQ(booking_view("default", row), std::nullopt);
  row.pop_back();
  EXPECT_EQ(booking_view("default", row), std::nullopt);
}

TEST_F(BookingPageTest, AsksOnceForManyAndRemembersForAWhile) {
  get("/book");
  get("/book/default");
  get("/book/");
  ASSERT_EQ(queries.asked.size(), 1u);
  queries.answer(rows({account_row()}));
  EXPECT_EQ(replies.size(), 3u);
  now += std::chrono::seconds(9);
  get("/book");
  EXPECT_EQ(replies.size(), 4u);
  EXPECT_TRUE(queries.asked.empty());
  now += std::chrono::seconds(2);
  get("/book");
  EXPECT_EQ(queries.asked.size(), 1u);
}

TEST_F(BookingPageTest, ShowsWhatItKnewWhileTheDatabaseIsAway) {
  get("/book");
  queries.answer(away());
  EXPECT_EQ(replies.back().status, 503u);
  EXPECT_EQ(replies.back().retry_after, 5u);
  EXPECT_EQ(replies.back().content_type, "text/html; charset=utf-8");
  EXPECT_EQ(shown("/book").status, 200u);
  now += std::chrono::hours(1);
  get("/book");
  queries.answer(away());
  EXPECT_EQ(replies.back().status, 200u);
}

TEST_F(BookingPageTest, UnknownAccountsAndPathsAre404) {
  get("/book/nobody");
  queries.answer(rows({}));
  EXPECT_EQ(replies.back().status, 404u);
  for (const char* path :
       {"/book/..", "/book/a/b", "/book/a/seen", "/book/a/seen/", "/book/a/seen/x/y", "/book/%64efault",
        "/book//seen/x", "/book/a/seen/x%20", "/book/a/seen/<script>"}) {
    get(path);
    EXPECT_EQ(replies.back().status, 404u) << path;
  }
  get("/book/a/seen/" + std::string(129, 'x'));
  EXPECT_EQ(replies.back().status, 404u);
  EXPECT_TRUE(queries.asked.empty());
}

TEST_F(BookingPageTest, AnAccountWithoutALinkSaysSo) {
  get("/book");
  queries.answer(rows({{"", "", "", "", "Book a time", "", "auto", "en", "", "en", "{}"}}));
  EXPECT_EQ(replies.back().status, 404u);
  EXPECT_NE(replies.back().body.find("Nothing can be booked here yet"), std::string::npos);
}

TEST_F(BookingPageTest, SeenIsOneBit) {
  get("/book/agency/seen/abc_-1");
  ASSERT_EQ(queries.asked.size(), 1u);
  EXPECT_EQ(queries.asked.front().first.parameters.at(0), "agency");
  EXPECT_EQ(queries.asked.front().first.parameters.at(1), "abc_-1");
  queries.answer(rows({{"f"}}));
  EXPECT_EQ(replies.back().body, "{\"seen\":false}");
  get("/book/agency/seen/abc_-1");
  queries.answer(rows({{"t"}}));
  EXPECT_EQ(replies.back().body, "{\"seen\":true}");
  get("/book/agency/seen/abc_-1");
  EXPECT_TRUE(queries.asked.empty()) << "once seen is not asked again";
  EXPECT_EQ(replies.back().body, "{\"seen\":true}");
  get("/book/other/seen/abc_-1");
  EXPECT_EQ(queries.asked.size(), 1u) << "of another account it is";
  queries.answer(away());
  EXPECT_EQ(replies.back().status, 503u);
  EXPECT_NE(replies.back().retry_after, 0u);
}

TEST_F(BookingPageTest, GuessingIsSlow) {
  for (int i = 0; i < 40; ++i) get("/book/default/seen/guess" + std::to_string(i));
  EXPECT_EQ(queries.asked.size(), 30u);
  EXPECT_EQ(replies.back().status, 429u);
  EXPECT_NE(replies.back().retry_after, 0u);
  get("/book/default/seen/x", "192.0.2.2");
  EXPECT_EQ(queries.asked.size(), 31u) << "others are not held up";
  for (int i = 0; i < 300; ++i) get("/book/default/seen/guess" + std::to_string(i), "127.0.0.1");
  EXPECT_EQ(queries.asked.size(), 200u) << "all together have a bound, behind a server of yours too";
  now += std::chrono::seconds(1);
  for (int i = 0; i < 300; ++i) get("/book/default/seen/guess" + std::to_string(i), "127.0.0.1");
  EXPECT_EQ(queries.asked.size(), 300u);
}

TEST_F(BookingPageTest, MadeUpAccountsDoNotUseUpWhatOthersMayAsk) {
  for (int i = 0; i < 300; ++i) get("/book/account" + std::to_string(i));
  EXPECT_EQ(queries.asked.size(), 30u);
  EXPECT_EQ(replies.back().status, 429u);
  EXPECT_EQ(replies.back().content_type, "text/html; charset=utf-8");
  get("/book", "192.0.2.2");
  EXPECT_EQ(queries.asked.size(), 31u);
}

TEST_F(BookingPageTest, MadeUpAccountsDoNotFillTheMemory) {
  for (int i = 0; i < 5000; ++i) {
    now += std::chrono::seconds(1);
    get("/book/account" + std::to_string(i), "127.0.0.1");
    queries.answer(rows({}));
    EXPECT_EQ(replies.back().status, 404u);
  }
  EXPECT_LE(page.remembered(), 1024u);
}

TEST_F(BookingPageTest, OnlyLooking) {
  get("/book", "192.0.2.1", "POST");
  EXPECT_EQ(replies.back().status, 405u);
  EXPECT_EQ(replies.back().allow, "GET, HEAD");
}

TEST_F(BookingPageTest, TemplatesAreNotAssets) {
  Pages pages(page, nullptr);
  for (const auto& [path, status] :
       std::vector<std::pair<std::string, unsigned>>{{"/assets/book.html", 404},
                                                     {"/assets/book-notice.html", 404},
                                                     {"/assets/de.json", 404},
                                                     {"/assets/book.css", 200},
                                                     {"/assets/book.js", 200}}) {
    PageRequest request;
    request.method = "GET";
    request.path = path;
    unsigned got = 0;
    pages.serve(request, [&](const Reply& reply) { got = reply.status; });
    EXPECT_EQ(got, status) << path;
  }
}

}  // namespace
}  // namespace calcom::proxy
