// Times as a reader wants them: in the recipient's zone, with the zone named, since a mail is read in places
// where "12:30" alone says nothing.
#include <cstdlib>

#include "core/base/escape.hpp"
#include "core/base/timestamp.hpp"
#include "core/mail/email_content.hpp"
#include "core/mail/locale_fill.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxZone = 64;

std::string two_digits(int number) {
  std::string out = std::to_string(number);
  if (out.size() < 2) out.insert(0, 1, '0');
  return out;
}

CivilTime local(const ZonedTime& time) {
  return civil(time.at, time.utc_offset_seconds);
}

bool same_day(const CivilTime& a, const CivilTime& b) {
  return a.year == b.year && a.month == b.month && a.day == b.day;
}

// "Asia/Kolkata, UTC+05:30"; "UTC" alone needs no offset.
std::string zone_words(const LocaleTexts& texts, const ZonedTime& start, const ZonedTime& last) {
  const std::string zone = one_line(start.zone, kMaxZone);
  std::string offset = describe_offset(start.utc_offset_seconds);
  if (last.utc_offset_seconds != start.utc_offset_seconds)
    offset =
        fill(texts.two_offsets, {{"first", offset}, {"second", describe_offset(last.utc_offset_seconds)}});
  else if (zone == "UTC")
    return zone;
  return zone.empty() ? offset : zone + ", " + offset;
}

std::string moment_words(const Locale& locale, const ZonedTime& time) {
  const std::string full = fill(locale.texts.full_date, {{"weekday", describe_weekday(locale, time)},
                                                         {"date", describe_date(locale, time)}});
  return fill(locale.texts.moment, {{"date", full}, {"time", describe_clock(locale, time)}});
}

}  // namespace

std::string describe_offset(int seconds) {
  const int minutes = std::abs(seconds) / 60;
  return (seconds < 0 ? "UTC-" : "UTC+") + two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
}

std::string describe_weekday(const Locale& locale, const ZonedTime& time) {
  return std::string(locale.texts.weekdays[static_cast<std::size_t>(local(time).weekday)]);
}

std::string describe_date(const Locale& locale, const ZonedTime& time) {
  const CivilTime at = local(time);
  const std::string_view month = locale.texts.months[static_cast<std::size_t>(at.month - 1)];
  const std::string day = at.day == 1 ? std::string(locale.texts.first_of_month) : std::to_string(at.day);
  return fill(locale.date, {{"day", day}, {"month", month}, {"year", std::to_string(at.year)}});
}

std::string describe_clock(const Locale& locale, const ZonedTime& time) {
  const CivilTime at = local(time);
  if (!locale.twelve_hours) return two_digits(at.hour) + ":" + two_digits(at.minute);
  const std::string_view half = at.hour < 12 ? locale.texts.am : locale.texts.pm;
  return std::to_string((at.hour + 11) % 12 + 1) + ":" + two_digits(at.minute) + " " + std::string(half);
}

std::string describe_time(const Locale& locale, const ZonedTime& start, const std::optional<ZonedTime>& end) {
  const LocaleTexts& texts = locale.texts;
  const bool has_end = end && end->at > start.at;
  std::string when = moment_words(locale, start);
  if (has_end) {
    const std::string until =
        same_day(local(start), local(*end)) ? describe_clock(locale, *end) : moment_words(locale, *end);
    when = fill(texts.span, {{"start", when}, {"end", until}});
  }
  return fill(texts.with_zone, {{"when", when}, {"zone", zone_words(texts, start, has_end ? *end : start)}});
}

}  // namespace calcom
