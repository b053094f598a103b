// Which table a recipient's locale leads to.
#include "core/locale.hpp"

#include <array>

#include "core/escape.hpp"

namespace calcom {

const LocaleTexts& locale_texts(std::string_view locale) {
  constexpr std::array<const LocaleTexts*, 1> kTables = {&kEnglish};
  const std::string language = ascii_lower(locale.substr(0, locale.find_first_of("-_")));
  for (const LocaleTexts* table : kTables)
    if (table->language == language) return *table;
  return kEnglish;
}

}  // namespace calcom
