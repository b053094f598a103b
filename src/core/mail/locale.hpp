// Every word of a built-in mail, by language. To add a language: write locale_xx.cpp with one table and name
// it in locale.cpp; no code of rendering changes. The places in braces are filled by email_content.cpp,
// email_time.cpp and template_default.cpp.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/booking/merge.hpp"

namespace calcom {

struct KindTexts {           // what differs between the kinds of mail
  std::string_view subject;  // {title} {date} {time}
  std::string_view heading;
  std::string_view intro_with;     // {organizer}
  std::string_view intro_without;  // when the organizer has no name to show
  // Of a copy to the host; empty in kinds that have none.
  std::string_view host_heading{};
  std::string_view host_with{};     // {guest}
  std::string_view host_without{};  // when it is nobody in particular
};

struct LocaleTexts {
  std::string_view language;                 // for the lang attribute
  std::string_view direction;                // "ltr" or "rtl"
  std::array<std::string_view, 7> weekdays;  // Sunday first
  std::array<std::string_view, 12> months;

  std::string_view first_of_month;  // the day's number, "1" or "1er"
  std::string_view date;            // {day} {month} {year}
  std::string_view full_date;       // {weekday} {date}
  std::string_view am, pm;          // behind the hour of a 12-hour clock
  std::string_view moment;          // {date} {time}
  std::string_view span;            // {start} {end}
  std::string_view with_zone;       // {when} {zone}
  std::string_view two_offsets;     // {first} {second}: summer time begins or ends during the meeting

  std::array<KindTexts, kMailKinds.size()> kinds;  // in MailKind's order
  std::string_view greeting;                       // {name}
  std::string_view greeting_without;
  std::string_view meeting_with;  // {organizer}: when a booking has no title
  std::string_view meeting;

  std::string_view colon;  // after a label, outside of a table
  std::string_view what, when, host_time, formerly, where, who, about, notes, reason, cancelled_by, you;
  std::string_view join, reschedule, cancel, book_again, add_to_calendar, open;
  std::string_view online, in_person, by_phone;
  std::string_view footer, host_footer;
};

// A language as it is written somewhere: en-US and en-GB share their words, not their dates and clocks.
struct Locale {
  const LocaleTexts& texts;
  std::string_view date;  // texts.date, or the region's
  bool twelve_hours = false;
};

inline const KindTexts& kind_texts(const LocaleTexts& texts, MailKind kind) {
  return texts.kinds[static_cast<std::size_t>(kind)];
}

// What "pt-BR", "de_AT" or "EN" leads to; English for what is not there.
Locale locale_of(std::string_view name);

// "pt_BR" as templates are filed under: "pt-br".
std::string normal_locale(std::string_view name);

extern const LocaleTexts kEnglish, kGerman, kFrench, kSpanish;

}  // namespace calcom
