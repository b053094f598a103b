// Texts of the booking pages, one file for each language: web/src/words/LOCALE.json, compiled into the program.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace calcom::proxy {

using Words = std::map<std::string, std::string, std::less<>>;  // by name

// A JSON object of strings; other values are skipped. Empty if the text is not an object.
Words read_words(std::string_view json);

struct PageWords {
  std::string locale;                 // "de"
  std::string title, intro;           // defaults for accounts that set none
  std::vector<std::string> benefits;  // the same
  Words words;                        // of the page itself
  Words notices;                      // of the pages that say why nothing can be booked
};

// Whether there is a file for the language of the locale ("de" for "de-AT").
bool has_words(std::string_view locale);
// The words in the language of the locale, otherwise in English.
const PageWords& words_for(std::string_view locale);

enum class BookingNotice { kUnknown, kNotSetUp, kUnavailable, kTooMany };

struct NoticeWords {
  unsigned status;
  unsigned retry_after;
  std::string_view locale, title, text;
};

// accepted: the value of Accept-Language. English if it names none of our languages.
NoticeWords notice_words(BookingNotice notice, std::string_view accepted);

}  // namespace calcom::proxy
