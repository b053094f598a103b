// Words, dates and clocks by the recipient's locale, and both clocks where they differ.
#include "core/mail/locale.hpp"

#include <gtest/gtest.h>

#include "core/mail/email_content.hpp"

namespace calcom {
namespace {

constexpr Micros kStart = 1'795'590'000 * kSecond;  // 2026-11-25 07:00 UTC

ZonedTime at(Micros instant, int offset = 0, const char* zone = "UTC") {
  return {.at = instant, .utc_offset_seconds = offset, .zone = zone, .abbreviation = ""};
}

std::string when(const char* locale, Micros instant = kStart) {
  return describe_time(locale_of(locale), at(instant), at(instant + 6 * kHour));
}

TEST(Locale, DatesAndClocksAreThoseOfTheLanguageAndRegion) {
  EXPECT_EQ(when("en"), "Wednesday, 25 November 2026, 07:00 – 13:00 (UTC)");
  EXPECT_EQ(when("en-GB"), "Wednesday, 25 November 2026, 07:00 – 13:00 (UTC)");
  EXPECT_EQ(when("en-US"), "Wednesday, November 25, 2026, 7:00 AM – 1:00 PM (UTC)");
  EXPECT_EQ(when("en_AU"), "Wednesday, 25 November 2026, 7:00 AM – 1:00 PM (UTC)");
  EXPECT_EQ(when("de-AT"), "Mittwoch, 25. November 2026, 07:00 – 13:00 Uhr (UTC)");
  EXPECT_EQ(when("FR"), "mercredi 25 novembre 2026, 07:00 – 13:00 (UTC)");
  EXPECT_EQ(when("fr", kStart + 6 * kDay), "mardi 1er décembre 2026, 07:00 – 13:00 (UTC)");
  EXPECT_EQ(when("es"), "miércoles, 25 de noviembre de 2026, 07:00 – 13:00 (UTC)");
  EXPECT_EQ(when("es-US"), "miércoles, 25 de noviembre de 2026, 7:00 a.\u00A0m. – 1:00 p.\u00A0m. (UTC)");
}

TEST(Locale, TwelveHourClocksHaveNoZero) {
  const Locale us = locale_of("en-US");
  EXPECT_EQ(describe_clock(us, at(kStart - 7 * kHour)), "12:00 AM");
  EXPECT_EQ(describe_clock(us, at(kStart + 5 * kHour)), "12:00 PM");
  EXPECT_EQ(describe_clock(us, at(kStart + 16 * kHour + 59 * kMinute)), "11:59 PM");
}

TEST(Locale, EveryLanguageHasEveryWord) {
  for (const char* name : {"en", "de", "fr", "es"}) {
    const LocaleTexts& texts = locale_of(name).texts;
    EXPECT_EQ(texts.language, name);
    for (const auto& word : texts.weekdays) EXPECT_FALSE(word.empty());
    for (const auto& word : texts.months) EXPECT_FALSE(word.empty());
    for (const KindTexts& kind : texts.kinds) {
      for (const char* place : {"{title}", "{date}", "{time}"})
        EXPECT_NE(kind.subject.find(place), std::string_view::npos) << name << kind.subject;
      EXPECT_NE(kind.intro_with.find("{organizer}"), std::string_view::npos) << name;
      EXPECT_FALSE(kind.intro_without.empty() || kind.heading.empty()) << name;
      EXPECT_EQ(kind.host_heading.empty(), kind.host_with.empty()) << name;
      EXPECT_EQ(kind.host_heading.empty(), kind.host_without.empty()) << name;
      EXPECT_EQ(kind.host_heading.empty(), kind.host_with.find("{guest}") == std::string_view::npos) << name;
    }
    EXPECT_NE(texts.greeting.find("{name}"), std::string_view::npos);
    for (const auto& word : {texts.what,       texts.when,
                             texts.host_time,  texts.formerly,
                             texts.where,      texts.who,
                             texts.about,      texts.notes,
                             texts.reason,     texts.cancelled_by,
                             texts.you,        texts.join,
                             texts.reschedule, texts.cancel,
                             texts.book_again, texts.add_to_calendar,
                             texts.online,     texts.in_person,
                             texts.by_phone,   texts.footer,
                             texts.am,         texts.pm})
      EXPECT_FALSE(word.empty()) << name;
  }
}

EmailInput booking(MailKind kind) {
  EmailInput input;
  input.kind = kind;
  input.title = "Talk";
  input.organizer_name = "Zoë";
  input.start = at(kStart, 19'800, "Asia/Kolkata");
  input.meeting_url = "https://v.example/1";
  input.reason = "Ill";
  input.cal_link = "https://cal.example/zoe";
  return input;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Locale, TheHostsClockIsShownWhereItDiffers) {
  EmailInput input = booking(MailKind::kConfirmation);
  input.host_start = at(kStart, 3'600, "Europe/Berlin");
  EXPECT_TRUE(has(render_email(input).text,
                  "Host’s time:\n  Wednesday, 25 November 2026, 08:00 (Europe/Berlin, UTC+01:00)\n"));
  input.host_start = at(kStart, 19'800, "Asia/Colombo");
  EXPECT_FALSE(has(render_email(input).text, "Host’s time"));
}

TEST(Kinds, ARequestIsNotABookingAndADeclinedOneIsOff) {
  const Email asked = render_email(booking(MailKind::kRequested));
  EXPECT_TRUE(asked.subject.starts_with("Requested: Talk"));
  EXPECT_FALSE(has(asked.text, "Join the meeting"));
  const Email declined = render_email(booking(MailKind::kRejected));
  EXPECT_TRUE(declined.subject.starts_with("Declined: Talk"));
  EXPECT_TRUE(has(declined.text, "Reason:\n  Ill\n"));
  EXPECT_TRUE(has(declined.text, "https://cal.example/zoe"));
  EXPECT_TRUE(has(declined.html, "<s>Wednesday"));
  EXPECT_TRUE(render_email(booking(MailKind::kReminder)).subject.starts_with("Reminder: Talk"));
  for (const MailKind kind : kMailKinds) EXPECT_EQ(parse<MailKind>(name(kind)), kind);
  EXPECT_FALSE(parse<MailKind>("invoice"));
}

TEST(Kinds, ALinkAddsToTheCalendarWhereThereIsNoFile) {
  EmailInput input = booking(MailKind::kConfirmation);
  const std::string link =
      "https://calendar.google.com/calendar/render?action=TEMPLATE&text=Talk&dates=20261125T070000Z/"
      "20261125T080000Z";
  EXPECT_TRUE(has(render_email(input).text, link)) << render_email(input).text;
  input.has_calendar_file = true;
  EXPECT_FALSE(has(render_email(input).text, link));
}

}  // namespace
}  // namespace calcom
