// Accept-Language as browsers write it, and as nobody should.
#include "proxy/booking/language.hpp"

#include <gtest/gtest.h>

namespace calcom::proxy {
namespace {

std::string preferred(std::string_view accepted) {
  const std::vector<std::string> offered{"en", "de", "pt-br", "zh-hant"};
  const std::size_t place = preferred_language(accepted, offered);
  return place < offered.size() ? offered[place] : "none";
}

TEST(Language, TheHeaviestWishThatIsOffered) {
  EXPECT_EQ(preferred("de"), "de");
  EXPECT_EQ(preferred("en;q=0.8,de;q=0.9"), "de");
  EXPECT_EQ(preferred("en;q=0.8,de;q=0.81"), "de");
  EXPECT_EQ(preferred("en,de"), "en");
  EXPECT_EQ(preferred("nl,ja;q=0.9,de;q=0.1"), "de");
  EXPECT_EQ(preferred("de;q=0,en;q=0.001"), "en");
}

TEST(Language, TheSameTagBeforeTheSameLanguage) {
  EXPECT_EQ(preferred("pt"), "pt-br");
  EXPECT_EQ(preferred("pt-PT"), "pt-br");
  EXPECT_EQ(preferred("DE-at"), "de");
  EXPECT_EQ(preferred("zh-Hans, zh-Hant"), "zh-hant");
}

TEST(Language, NothingIsNoWish) {
  for (const char* nothing : {"", "*", "nl", ",,;", "de;q=0", "de;q=x", "de;q=0.1234567", "de;q=0.-1", "d",
                              "deutsch", ";q=1", "-", "\xff\xfe"}) {
    EXPECT_EQ(preferred(nothing), "none") << nothing;
  }
  EXPECT_EQ(preferred_language("de", {}), 0u);
}

TEST(Language, AnEndlessListEnds) {
  std::string endless;
  for (int i = 0; i < 5000; ++i) endless += "x" + std::to_string(i) + ",";
  EXPECT_EQ(preferred(endless + "de"), "none");
  EXPECT_EQ(preferred("de," + endless), "de");
}

}  // namespace
}  // namespace calcom::proxy
