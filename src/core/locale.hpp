// Every word of a built-in mail, by language. To add a language: write locale_xx.cpp with one table and name
// it in locale.cpp; no code of rendering changes. The places in braces are filled by email_content.cpp and
// email_time.cpp.
#pragma once

#include <array>
#include <string_view>

#include "core/merge.hpp"

namespace calcom {

struct KindTexts {           // what differs between confirmation, rescheduled and cancellation
  std::string_view subject;  // {title} {date} {time}
  std::string_view heading;
  std::string_view intro_with;     // {organizer}
  std::string_view intro_without;  // when the organizer has no name to show
};

struct LocaleTexts {
  std::string_view language;                 // for the lang attribute
  std::string_view direction;                // "ltr" or "rtl"
  std::array<std::string_view, 7> weekdays;  // Sunday first
  std::array<std::string_view, 12> months;

  std::string_view date;         // {day} {month} {year}
  std::string_view full_date;    // {weekday} {date}
  std::string_view moment;       // {date} {time}
  std::string_view span;         // {start} {end}
  std::string_view with_zone;    // {when} {zone}
  std::string_view two_offsets;  // {first} {second}: summer time begins or ends during the meeting

  std::array<KindTexts, 3> kinds;  // in MailKind's order
  std::string_view greeting;       // {name}
  std::string_view greeting_without;
  std::string_view meeting_with;  // {organizer}: when a booking has no title
  std::string_view meeting;

  std::string_view what, when, formerly, where, who, about, notes, reason, cancelled_by, you;
  std::string_view join, reschedule, cancel, book_again;
  std::string_view online, in_person, by_phone;
  std::string_view footer;
};

inline const KindTexts& kind_texts(const LocaleTexts& texts, MailKind kind) {
  return texts.kinds[static_cast<std::size_t>(kind)];
}

// The table for "pt-BR", "de_AT" or "EN"; English for what is not there.
const LocaleTexts& locale_texts(std::string_view locale);

extern const LocaleTexts kEnglish;

}  // namespace calcom
