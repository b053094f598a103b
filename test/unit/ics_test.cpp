// What a calendar program relies on. test/judges reads the same files with ical.js.
#include "core/mail/ics.hpp"

#include <gtest/gtest.h>

#include "core/mail/ics_lines.hpp"

namespace calcom {
namespace {

constexpr Micros kStart = 1'795'590'000 * kSecond;  // 2026-11-25 07:00 UTC

CalendarEvent event() {
  CalendarEvent out;
  out.uid = "abc@Cal.com";
  out.sequence = 2;
  out.stamp = kStart - kDay;
  out.start = kStart;
  out.end = kStart + 30 * kMinute;
  out.summary = "Talk";
  out.organizer_name = "Zoë";
  out.organizer_email = "Zoe@Studio.example";
  out.attendee_name = "Ana \"A\"";
  out.attendee_email = "ana@example.com";
  return out;
}

bool has_line(const std::string& ics, const std::string& line) {
  return ics.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(Ics, InvitesAndTakesBackUnderOneUid) {
  const std::string invite = compose_ics(event());
  EXPECT_TRUE(invite.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
  EXPECT_TRUE(invite.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
  for (const char* line : {"METHOD:REQUEST", "UID:abc@Cal.com", "SEQUENCE:2", "DTSTAMP:20261124T070000Z",
                           "DTSTART:20261125T070000Z", "DTEND:20261125T073000Z", "STATUS:CONFIRMED",
                           "ORGANIZER;CN=\"Zoë\":mailto:zoe@studio.example"})
    EXPECT_TRUE(has_line(invite, line)) << line << invite;
  EXPECT_NE(invite.find("CN=\"Ana ^'A^'\""), std::string::npos);
  CalendarEvent off = event();
  off.method = IcsMethod::kCancel;
  const std::string cancel = compose_ics(off);
  for (const char* line : {"METHOD:CANCEL", "STATUS:CANCELLED", "UID:abc@Cal.com"})
    EXPECT_TRUE(has_line(cancel, line)) << line;
  EXPECT_EQ(ics_content_type(IcsMethod::kCancel), "text/calendar; charset=utf-8; method=CANCEL");
}

TEST(Ics, UidIsThePayloadsElseCalComsForTheFirstBookingOfTheChain) {
  EXPECT_EQ(calendar_uid("x@google.com", "abc"), "x@google.com");
  EXPECT_EQ(calendar_uid("", "abc"), "abc@Cal.com");
  EXPECT_EQ(calendar_uid(" ", ""), "");
}

TEST(Ics, NoFileWithoutUidOrganizerOrAttendee) {
  for (std::string CalendarEvent::*field :
       {&CalendarEvent::uid, &CalendarEvent::organizer_email, &CalendarEvent::attendee_email}) {
    CalendarEvent lacking = event();
    (lacking.*field).clear();
    EXPECT_EQ(compose_ics(lacking), "");
  }
}

TEST(Ics, LinesAreFoldedByOctetsAndNeverWithinACharacter) {
  CalendarEvent long_one = event();
  for (int i = 0; i < 60; ++i) long_one.summary += "日é";
  const std::string ics = compose_ics(long_one);
  for (std::size_t at = 0; at < ics.size();) {
    const std::size_t end = ics.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 75U);
    const std::string line = ics.substr(at, end - at);
    EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
    EXPECT_NE(static_cast<unsigned char>(line[line.size() > 1 ? 1 : 0]) & 0xC0, 0x80) << line;
    at = end + 2;
  }
}

TEST(Ics, WhatIsNoUtf8EndsToo) {
  IcsLines lines;
  lines.add(std::string(200, '\xA0'));
  EXPECT_EQ(lines.take().size(), 200U + 2 * 3 + 2);
}

TEST(Ics, NothingTypedMakesALineOfItsOwn) {
  CalendarEvent evil = event();
  for (std::string* field : {&evil.uid, &evil.summary, &evil.description, &evil.location,
                             &evil.organizer_name, &evil.attendee_name, &evil.url})
    *field = "a;b,c\\d\r\nEND:VEVENT\nMETHOD:CANCEL\r\x01x";
  const std::string ics = compose_ics(evil);
  EXPECT_FALSE(has_line(ics, "METHOD:CANCEL"));
  EXPECT_EQ(ics.find("\r\nEND:VEVENT"), ics.rfind("\r\nEND:VEVENT"));
  EXPECT_NE(ics.find("DESCRIPTION:a\\;b\\,c\\\\d\\nEND:VEVENT\\nMETHOD:CANCEL\\nx"), std::string::npos)
      << ics;
  EXPECT_EQ(ics.find("URL:"), std::string::npos);
}

}  // namespace
}  // namespace calcom
