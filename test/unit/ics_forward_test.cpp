// Which of Cal.com's calendar files is passed on, and that nothing hostile in one is. test/judges reads a
// forwarded file with ical.js.
#include "core/mail/ics_forward.hpp"

#include <gtest/gtest.h>

#include "calcom_fixture.hpp"
#include "core/base/timestamp.hpp"
#include "core/booking/event.hpp"

namespace calcom {
namespace {

constexpr Micros kStart = 1'795'590'000 * kSecond;  // 2026-11-25 07:00 UTC

using Lines = std::vector<std::string>;

Lines lines() {
  return {"BEGIN:VCALENDAR",
          "VERSION:2.0",
          "PRODID:adamgibbons/ics",
          "METHOD:REQUEST",
          "BEGIN:VEVENT",
          "UID:abc@google.com",
          "SUMMARY:Talk between Zoë and Ana",
          "DTSTAMP:20261122T064756Z",
          "DTSTART:20261125T070000Z",
          "DURATION:PT30M",
          "SEQUENCE:4",
          "STATUS:CONFIRMED",
          "ORGANIZER;CN=\"Zoë: Müller\":mailto:Zoe@Studio.example",
          "ATTENDEE;CN=Ana;PARTSTAT=ACCEPTED:MAILTO:Ana@example.com",
          "END:VEVENT",
          "END:VCALENDAR"};
}

std::string file(const Lines& all, const std::string& end = "\r\n") {
  std::string out;
  for (const std::string& line : all) out += line + end;
  return out;
}

// The file with its line that begins like `start` replaced; no `line`: without it.
std::string with(const std::string& start, const Lines& instead) {
  Lines out;
  bool found = false;
  for (const std::string& line : lines()) {
    if (!line.starts_with(start)) {
      out.push_back(line);
      continue;
    }
    found = true;
    out.insert(out.end(), instead.begin(), instead.end());
  }
  EXPECT_TRUE(found) << start;
  return file(out);
}

std::string and_also(const std::string& line) {
  return with("SUMMARY", {line});
}

ForwardTruth truth() {
  ForwardTruth out;
  out.uid = "abc@google.com";
  out.start = kStart;
  out.end = kStart + 30 * kMinute;
  out.recipient = "ana@example.com";
  out.organizer = "zoe@studio.example";
  return out;
}

std::string why_not(const std::string& text, const ForwardTruth& meant = truth()) {
  const auto judged = forward_ics(text, meant);
  const auto* refused = std::get_if<NotForwarded>(&judged);
  return refused != nullptr ? std::string(refused->reason) : std::string();
}

std::string forwarded(const std::string& text, const ForwardTruth& meant = truth()) {
  const auto judged = forward_ics(text, meant);
  const auto* good = std::get_if<ForwardFile>(&judged);
  return good != nullptr ? good->text : std::string();
}

TEST(IcsForward, AGoodFileIsPassedOnAsItIs) {
  const auto judged = forward_ics(file(lines()), truth());
  const auto* good = std::get_if<ForwardFile>(&judged);
  ASSERT_NE(good, nullptr) << why_not(file(lines()));
  EXPECT_EQ(good->text, file(lines()));
  EXPECT_EQ(good->sequence, 4);
}

TEST(IcsForward, LineEndsFoldsAndCaseAreNoMatter) {
  EXPECT_EQ(forwarded(file(lines(), "\n")), file(lines()));
  EXPECT_EQ(forwarded(file(lines()) + "\r\n\r\n"), file(lines()));
  std::string last = file(lines());
  last.resize(last.size() - 2);
  EXPECT_EQ(forwarded(last), file(lines()));
  EXPECT_EQ(forwarded(with("UID", {"UI", " D:abc@goo", "\tgle.com"})), file(lines()));
  EXPECT_EQ(why_not(with("ATTENDEE", {"attendee;cn=Ana:mailto:ana@example.com"})), "");
  EXPECT_EQ(why_not(with("BEGIN:VE", {"begin:vevent"})), "");
  EXPECT_EQ(why_not(with("METHOD", {"method:request"})), "");
}

TEST(IcsForward, LongLinesComeOutFolded) {
  std::string summary = "SUMMARY:";
  for (int i = 0; i < 100; ++i) summary += "日é";
  const std::string out = forwarded(and_also(summary));
  ASSERT_FALSE(out.empty());
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 75U);
    at = end + 2;
  }
  std::string unfolded = out;
  for (std::size_t at = 0; (at = unfolded.find("\r\n ")) != std::string::npos;) unfolded.erase(at, 3);
  EXPECT_NE(unfolded.find(summary + "\r\n"), std::string::npos);
}

TEST(IcsForward, ItMustBeOfTheKindOfTheMail) {
  ForwardTruth cancels = truth();
  cancels.method = IcsMethod::kCancel;
  EXPECT_EQ(why_not(file(lines()), cancels), "another method");
  Lines off = lines();
  off[3] = "METHOD:CANCEL";
  EXPECT_EQ(why_not(file(off)), "another method");
  EXPECT_EQ(why_not(file(off), cancels), "another status");
  off[11] = "STATUS:CANCELLED";
  EXPECT_EQ(why_not(file(off), cancels), "");
  EXPECT_EQ(why_not(with("METHOD", {})), "another method");
  EXPECT_EQ(why_not(with("METHOD", {"METHOD:PUBLISH"})), "another method");
  EXPECT_EQ(why_not(with("METHOD", {"METHOD:REQUEST", "METHOD:CANCEL"})), "a property that must stand once");
  EXPECT_EQ(why_not(with("STATUS", {})), "");
  EXPECT_EQ(why_not(with("STATUS", {"STATUS:CANCELLED"})), "another status");
}

TEST(IcsForward, AStaleFileStaysWhereItIs) {
  ForwardTruth moved = truth();
  moved.start += kHour;
  EXPECT_EQ(why_not(file(lines()), moved), "another start");
  ForwardTruth longer = truth();
  *longer.end += kHour;
  EXPECT_EQ(why_not(file(lines()), longer), "another end");
  longer.end.reset();
  EXPECT_EQ(why_not(file(lines()), longer), "");
  EXPECT_EQ(why_not(with("DURATION", {"DTEND:20261125T073000Z"})), "");
  EXPECT_EQ(why_not(with("DURATION", {"DTEND:20261125T080000Z"})), "another end");
  EXPECT_EQ(why_not(with("DURATION", {"DTEND:20261125T073000Z", "DURATION:PT30M"})),
            "a property that must stand once");
  ForwardTruth other = truth();
  other.uid = "abc@Cal.com";
  EXPECT_EQ(why_not(file(lines()), other), "another UID");
  other = truth();
  other.organizer = "bob@studio.example";
  EXPECT_EQ(why_not(file(lines()), other), "another organizer");
}

TEST(IcsForward, TimesThatAreNotPlainlyInUtcAreNotTrusted) {
  for (const char* start :
       {"DTSTART:20261125T070000", "DTSTART;TZID=Asia/Kolkata:20261125T123000", "DTSTART;VALUE=DATE:20261125",
        "DTSTART:20261325T070000Z", "DTSTART:2026112XT070000Z", "DTSTART:"})
    EXPECT_NE(why_not(with("DTSTART", {start})), "") << start;
  EXPECT_NE(why_not(with("DTSTART", {})), "");
  EXPECT_NE(why_not(with("DTSTART", {"DTSTART:20261125T070000Z", "DTSTART:20261125T070000Z"})), "");
  for (const char* length :
       {"P", "PT", "30M", "-PT30M", "PT30", "PT30M30", "P30M", "PTT30M", "PT9999999S", "P1H"})
    EXPECT_NE(why_not(with("DURATION", {std::string("DURATION:") + length})), "") << length;
  ForwardTruth week = truth();
  week.end = kStart + 8 * kDay + 2 * kHour + 5 * kSecond;
  EXPECT_EQ(why_not(with("DURATION", {"DURATION:P1W1DT2H5S"}), week), "");
}

TEST(IcsForward, NobodyLearnsOfAnybodyElse) {
  EXPECT_EQ(why_not(and_also("ATTENDEE:mailto:bob@example.com")), "another attendee");
  EXPECT_EQ(why_not(and_also("attendee:mailto:bob@example.com")), "another attendee");
  EXPECT_EQ(why_not(and_also("ATTENDEE;CN=Zoe:mailto:zoe@studio.example")), "");
  EXPECT_EQ(why_not(and_also("ATTENDEE:tel:+15550100")), "a person without an address");
  EXPECT_EQ(why_not(with("ATTENDEE", {})), "the recipient is not an attendee");
  EXPECT_EQ(why_not(with("ATTENDEE", {"ATTENDEE:mailto:zoe@studio.example"})),
            "the recipient is not an attendee");
  // A name that ends its parameter early does not make an address of its own.
  EXPECT_EQ(why_not(with("ATTENDEE", {"ATTENDEE;CN=x:mailto:bob@example.com:mailto:ana@example.com"})),
            "another attendee");
  ForwardTruth seats = truth();
  seats.strangers = {"bob@example.com", "Bob Dylan", ""};
  EXPECT_EQ(why_not(file(lines()), seats), "");
  EXPECT_EQ(why_not(and_also("DESCRIPTION:Who:\\nBob\\@Example.com"), seats), "another person");
  EXPECT_EQ(why_not(and_also("DESCRIPTION:with bob d\r\n ylan"), seats), "another person");
  EXPECT_EQ(why_not(and_also("X-NOTE;BY=\"bob dylan\":x"), seats), "another person");
}

TEST(IcsForward, NobodyStandsOutsideOfTheEvent) {
  const std::string reason = "a property that belongs into an event";
  EXPECT_EQ(why_not(with("END:VEVENT", {"END:VEVENT", "ATTENDEE;CN=Eve:mailto:eve@example.com"})), reason);
  EXPECT_EQ(why_not(with("BEGIN:VEVENT", {"ORGANIZER:mailto:eve@example.com", "BEGIN:VEVENT"})), reason);
  EXPECT_EQ(why_not(with("PRODID", {"PRODID:x", "CALSCALE:GREGORIAN", "X-WR-CALNAME:Talks"})), "");
}

TEST(IcsForward, AHiddenHostStaysHidden) {
  ForwardTruth hidden = truth();
  hidden.hide_organizer = true;
  EXPECT_EQ(why_not(file(lines()), hidden), "another person");
  const std::string cloaked = with("ORGANIZER", {"ORGANIZER;CN=Zoe:mailto:no-reply@cal.com"});
  EXPECT_EQ(why_not(cloaked, hidden), "");
  EXPECT_EQ(why_not(cloaked), "another organizer");
}

TEST(IcsForward, OnlyOneWholeCalendarWithOneEvent) {
  for (const std::string& text : {std::string(),
                                  std::string("\r\n"),
                                  std::string("BEGIN:VCALENDAR\r\n"),
                                  file(lines()) + file(lines()),
                                  with("END:VEVENT", {}),
                                  with("END:VCALENDAR", {}),
                                  with("END:VEVENT", {"END:VTODO"}),
                                  with("END:VCALENDAR", {"END:VCALENDAR", "END:VCALENDAR"}),
                                  with("BEGIN:VEVENT", {"BEGIN:VTODO"}),
                                  with("BEGIN:VCALENDAR", {" BEGIN:VCALENDAR"}),
                                  with("VERSION", {"VERSION:1.0"}),
                                  with("VERSION", {}),
                                  with("SUMMARY", {"SUMMARY"}),
                                  with("SUMMARY", {":words"}),
                                  with("SUMMARY", {"SUM MARY:words"}),
                                  with("SUMMARY", {"SUMMARY;LANGUAGE=\"de:words"}),
                                  with("SUMMARY", {"", "SUMMARY:words"}),
                                  with("SUMMARY", {"BEGIN:VALARM", "ACTION:EMAIL", "END:VALARM"}),
                                  with("UID", {}),
                                  with("ORGANIZER", {}),
                                  with("UID", {"UID:abc@google.com", "UID:abc@google.com"}),
                                  and_also("RRULE:FREQ=DAILY;COUNT=1000"),
                                  and_also("RECURRENCE-ID:20261125T070000Z"),
                                  and_also("ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA"),
                                  with("SEQUENCE", {"SEQUENCE:-1"}),
                                  with("SEQUENCE", {"SEQUENCE:2147483648"}),
                                  with("SEQUENCE", {"SEQUENCE:1 "}),
                                  with("SEQUENCE", {"SEQUENCE:99999999999999999999"})})
    EXPECT_NE(why_not(text), "") << text;
}

TEST(IcsForward, NothingInItEndsALineWhereWeSeeNone) {
  for (const char* evil :
       {"\r", "\x01", "\x7F", "\x0B", "\x0C", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    const std::string text = and_also(std::string("SUMMARY:a") + evil + "ATTENDEE:mailto:bob@example.com");
    EXPECT_EQ(why_not(text), "control characters") << evil;
  }
  EXPECT_EQ(why_not(and_also("SUMMARY:a\r\nATTENDEE:mailto:bob@example.com")), "another attendee");
  EXPECT_EQ(why_not(and_also("SUMMARY:a\tb")), "");
  EXPECT_EQ(why_not(and_also(std::string("SUMMARY:a\0b", 11))), "control characters");
}

TEST(IcsForward, WhatIsNotUtf8IsNotPassedOn) {
  EXPECT_EQ(why_not(and_also("SUMMARY:" + std::string(200, '\xA0'))), "not UTF-8");
  EXPECT_EQ(why_not(and_also("SUMMARY:\xC3\r\n \xA9")), "not UTF-8");
}

TEST(IcsForward, AHugeFileIsNotPassedOn) {
  EXPECT_EQ(why_not(and_also("X-A:" + std::string(40'000, 'a'))), "too large");
  EXPECT_EQ(why_not(with("SUMMARY", Lines(600, "X-A:b"))), "too large");
}

TEST(IcsForward, AFileWithoutSequenceIsTheFirst) {
  const auto judged = forward_ics(with("SEQUENCE", {}), truth());
  ASSERT_TRUE(std::holds_alternative<ForwardFile>(judged));
  EXPECT_EQ(std::get<ForwardFile>(judged).sequence, 0);
}

TEST(IcsForward, TheFileOfCalComsNewVersionIsOne) {
  const Event event = parse_event(calcom_fixture("BOOKING_CREATED-v2026-07-27-synth.json")).event;
  std::string told;
  for (const auto& [detail, value] : event.details)
    if (detail == Detail::kAttendeeIcs) told = std::get<std::string>(value);
  ForwardTruth meant;
  meant.uid = "MOCKED_GOOGLE_CALENDAR_ICS_ID";
  meant.start = *parse_timestamp("2026-11-23T05:00:00Z");
  meant.end = meant.start + 30 * kMinute;
  meant.recipient = "lukasz+cal@example.com";
  meant.organizer = "zoe@studio.example";
  meant.strangers = {"guest.one@example.com"};
  EXPECT_EQ(why_not(told, meant), "");
  meant.recipient = "guest.one@example.com";
  meant.strangers = {"lukasz+cal@example.com"};
  EXPECT_EQ(why_not(told, meant), "another attendee");
}

}  // namespace
}  // namespace calcom
