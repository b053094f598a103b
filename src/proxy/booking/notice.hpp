// What a visitor reads where there is nothing to book.
#pragma once

#include <string_view>

namespace calcom::proxy {

enum class BookingNotice { kUnknown, kNotSetUp, kUnavailable, kTooMany };

struct NoticeWords {
  unsigned status;
  unsigned retry_after;
  std::string_view locale, title, text;
};

// accepted: as Accept-Language has it; English where it names nothing that we have.
NoticeWords notice_words(BookingNotice notice, std::string_view accepted);

}  // namespace calcom::proxy
