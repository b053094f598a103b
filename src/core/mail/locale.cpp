// Which words, dates and clock a recipient's locale leads to.
#include "core/mail/locale.hpp"

#include <algorithm>

#include "core/base/escape.hpp"

namespace calcom {

namespace {

struct Region {  // where dates or clocks differ from the language's
  std::string_view name;
  std::string_view date;  // empty: the language's
};

// All of these count hours to twelve. Plain "en" says nothing about where its reader lives, so it has the
// date that nobody misreads and the clock that needs no half of the day.
constexpr std::array<Region, 10> kTwelveHours = {{
    {"en-us", "{month} {day}, {year}"},
    {"en-ca", "{month} {day}, {year}"},
    {"en-ph", "{month} {day}, {year}"},
    {"en-au", ""},
    {"en-in", ""},
    {"en-nz", ""},
    {"es-us", ""},
    {"es-co", ""},
    {"es-pr", ""},
    {"es-ve", ""},
}};

}  // namespace

std::string normal_locale(std::string_view name) {
  std::string out = ascii_lower(name);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

Locale locale_of(std::string_view name) {
  constexpr std::array<const LocaleTexts*, 4> kTables = {&kEnglish, &kGerman, &kFrench, &kSpanish};
  const std::string wanted = normal_locale(name);
  const std::string_view language = std::string_view(wanted).substr(0, wanted.find('-'));
  const auto* const table = std::find_if(kTables.begin(), kTables.end(),
                                         [&](const LocaleTexts* one) { return one->language == language; });
  const LocaleTexts& texts = table == kTables.end() ? kEnglish : **table;
  for (const Region& region : kTwelveHours)
    if (region.name == wanted) return {texts, region.date.empty() ? texts.date : region.date, true};
  return {texts, texts.date, false};
}

}  // namespace calcom
