// What a recipient reads. The twins must say the same, in the recipient's zone, and nothing that a stranger
// typed may act.
#include "core/mail/email.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace calcom {
namespace {

constexpr Micros kStart = 1'795'590'000 * kSecond;  // 2026-11-25 07:00 UTC
constexpr int kKolkata = 19'800;

ZonedTime kolkata(Micros at) {
  return {.at = at, .utc_offset_seconds = kKolkata, .zone = "Asia/Kolkata", .abbreviation = "IST"};
}

EmailInput booking(MailKind kind = MailKind::kConfirmation) {
  EmailInput input;
  input.kind = kind;
  input.recipient_email = "ana@example.com";
  input.recipient_name = "Ana";
  input.title = "Consultation";
  input.location = "integrations:daily";
  input.meeting_url = "https://cal.example/video/1";
  input.organizer_name = "Zoë Müller";
  input.organizer_email = "zoe@studio.example";
  input.start = kolkata(kStart);
  input.end = kolkata(kStart + 30 * kMinute);
  input.cancel_url = "https://cal.example/booking/u?cancel=true&allRemainingBookings=false";
  input.reschedule_url = "https://cal.example/reschedule/u";
  input.cal_link = "https://cal.example/zoe";
  return input;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Both twins say it (`part` must need no escaping).
void expect_both(const Email& email, std::string_view part) {
  EXPECT_TRUE(has(email.html, part)) << part;
  EXPECT_TRUE(has(email.text, part)) << part << "\n" << email.text;
}

void expect_neither(const Email& email, std::string_view part) {
  EXPECT_FALSE(has(email.html, part)) << part;
  EXPECT_FALSE(has(email.text, part)) << part;
  EXPECT_FALSE(has(email.subject, part)) << part;
}

TEST(Email, ConfirmationSaysWhatWhenWhereAndWithWhom) {
  const Email email = render_email(booking());
  EXPECT_EQ(email.subject, "Confirmed: Consultation, 25 November 2026, 12:30");
  expect_both(email, "Hello Ana,");
  expect_both(email, "Wednesday, 25 November 2026, 12:30 – 13:00 (Asia/Kolkata, UTC+05:30)");
  expect_both(email, "Cal Video");
  expect_both(email, "Zoë Müller (zoe@studio.example)");
  expect_both(email, "https://cal.example/reschedule/u");
  EXPECT_TRUE(has(email.text, "https://cal.example/booking/u?cancel=true&allRemainingBookings=false\n"));
  EXPECT_TRUE(
      has(email.html, "href=\"https://cal.example/booking/u?cancel=true&amp;allRemainingBookings=false\""));
  expect_both(email, "https://cal.example/video/1");
  EXPECT_TRUE(has(email.html, "<html lang=\"en\" dir=\"ltr\">"));
  expect_neither(email, "https://cal.example/zoe");
}

TEST(Email, RescheduledShowsBothTimesAndTheReason) {
  EmailInput input = booking(MailKind::kRescheduled);
  input.previous_start = kolkata(kStart - kDay);
  input.reason = "Train strike";
  const Email email = render_email(input);
  EXPECT_EQ(email.subject, "Rescheduled: Consultation, 25 November 2026, 12:30");
  expect_both(email, "Wednesday, 25 November 2026, 12:30 – 13:00");
  expect_both(email, "Formerly");
  expect_both(email, "Tuesday, 24 November 2026, 12:30 (Asia/Kolkata, UTC+05:30)");
  expect_both(email, "Train strike");
  input.previous_start = input.start;
  expect_neither(render_email(input), "Formerly");
  input.previous_start.reset();
  expect_neither(render_email(input), "Formerly");
}

TEST(Email, CancellationOffersToBookAgainAndNothingElse) {
  EmailInput input = booking(MailKind::kCancellation);
  input.reason = "I am ill.\nSorry.";
  input.cancelled_by = "Zoe@studio.example";
  const Email email = render_email(input);
  EXPECT_EQ(email.subject, "Cancelled: Consultation, 25 November 2026, 12:30");
  EXPECT_TRUE(has(email.text, "Reason:\n  I am ill.\n  Sorry.\n"));
  EXPECT_TRUE(has(email.html, "I am ill.<br>Sorry."));
  EXPECT_TRUE(has(email.text, "Cancelled by:\n  Zoë Müller\n"));
  expect_both(email, "https://cal.example/zoe");
  expect_neither(email, "cancel=true");
  expect_neither(email, "https://cal.example/reschedule/u");
  expect_neither(email, "https://cal.example/video/1");
}

TEST(Email, CancelledByNamesOnlyTheReaderOrTheOrganizer) {
  EmailInput input = booking(MailKind::kCancellation);
  input.cancelled_by = "ANA@example.com";
  EXPECT_TRUE(has(render_email(input).text, "Cancelled by:\n  you\n"));
  input.cancelled_by = "mia@example.com";
  expect_neither(render_email(input), "Cancelled by");
  expect_neither(render_email(input), "mia@example.com");
}

TEST(Email, OrganizersAddressCanBeHidden) {
  for (const MailKind kind : {MailKind::kConfirmation, MailKind::kRescheduled, MailKind::kCancellation}) {
    EmailInput input = booking(kind);
    input.hide_organizer_email = true;
    input.cancelled_by = input.organizer_email;
    expect_both(render_email(input), "Zoë Müller");
    expect_neither(render_email(input), "zoe@studio.example");
    input.organizer_name.clear();
    input.title.clear();
    expect_neither(render_email(input), "zoe@studio.example");
  }
}

TEST(Email, TimesFollowTheZone) {
  EmailInput input = booking();
  input.start = {.at = kStart, .utc_offset_seconds = 0, .zone = "UTC", .abbreviation = "UTC"};
  input.end.reset();
  expect_both(render_email(input), "Wednesday, 25 November 2026, 07:00 (UTC)");
  input.start = {
      .at = kStart, .utc_offset_seconds = -12'600, .zone = "America/St_Johns", .abbreviation = "NST"};
  expect_both(render_email(input), "Wednesday, 25 November 2026, 03:30 (America/St_Johns, UTC-03:30)");
  input.end = input.start;  // an end that is no end
  expect_both(render_email(input), "Wednesday, 25 November 2026, 03:30 (America/St_Johns, UTC-03:30)");
}

TEST(Email, TimesPastMidnightNameBothDays) {
  EmailInput input = booking();
  input.end = kolkata(kStart + 12 * kHour);
  expect_both(
      render_email(input),
      "Wednesday, 25 November 2026, 12:30 – Thursday, 26 November 2026, 00:30 (Asia/Kolkata, UTC+05:30)");
}

TEST(Email, TimesAcrossTheEndOfSummerTimeNameBothOffsets) {
  EmailInput input = booking();
  input.start = {.at = 1'792'888'200 * kSecond,
                 .utc_offset_seconds = 7'200,
                 .zone = "Europe/Berlin",
                 .abbreviation = "CEST"};
  input.end = ZonedTime{.at = input.start.at + kHour,
                        .utc_offset_seconds = 3'600,
                        .zone = "Europe/Berlin",
                        .abbreviation = "CET"};
  expect_both(render_email(input),
              "Sunday, 25 October 2026, 02:30 – 02:30 (Europe/Berlin, UTC+02:00, then UTC+01:00)");
}

TEST(Email, PlacesAreWordsPeopleKnow) {
  struct Case {
    const char *location, *meeting_url, *words, *url;
  };
  for (const Case& one : {
           Case{"integrations:zoom", "https://us02web.zoom.us/j/1", "Zoom", "https://us02web.zoom.us/j/1"},
           Case{"integrations:google:meet", "", "Google Meet", ""},
           Case{"integrations:brand_new_video", "https://v.example/1", "Online meeting",
                "https://v.example/1"},
           Case{"https://meet.google.com/abc", "", "Google Meet", "https://meet.google.com/abc"},
           Case{"https://meet.google.com.evil.example/", "", "Online meeting",
                "https://meet.google.com.evil.example/"},
           Case{"https://GOOGLE_MEET_URL_IN_CALENDAR_EVENT", "", "Google Meet", ""},
           Case{"http://app.cal.local:3000/video/8V1", "", "Cal Video",
                "http://app.cal.local:3000/video/8V1"},
           Case{"inPerson", "", "In person", ""},
           Case{"Studio 3, 12 High Street", "", "Studio 3, 12 High Street", ""},
           Case{"https://bank.example@evil.example/", "", "Online meeting", ""},
           Case{"", "javascript:alert(1)", "", ""},
       }) {
    EmailInput input = booking();
    input.location = one.location;
    input.meeting_url = one.meeting_url;
    const Email email = render_email(input);
    expect_neither(email, "integrations:");
    expect_neither(email, "GOOGLE_MEET_URL");
    expect_neither(email, "javascript:");
    expect_neither(email, "bank.example");
    if (*one.words != '\0')
      EXPECT_TRUE(has(email.text, std::string("Where:\n  ") + one.words + "\n"))
          << one.location << email.text;
    else
      EXPECT_FALSE(has(email.text, "Where:")) << one.location;
    EXPECT_EQ(has(email.text, "Join the meeting"), *one.url != '\0') << one.location;
    if (*one.url != '\0') expect_both(email, one.url);
  }
}

TEST(Email, TitleFallsBack) {
  EmailInput input = booking();
  input.title = " \n";
  input.event_title = "First talk";
  EXPECT_TRUE(has(render_email(input).subject, "Confirmed: First talk,"));
  input.event_title.clear();
  EXPECT_TRUE(has(render_email(input).subject, "Confirmed: Meeting with Zoë Müller,"));
  input.organizer_name.clear();
  input.organizer_email.clear();
  EXPECT_TRUE(has(render_email(input).subject, "Confirmed: Meeting,"));
  expect_both(render_email(input), "Your booking is confirmed.");
}

TEST(Email, NothingThatWasTypedActs) {
  EmailInput input = booking(MailKind::kRescheduled);
  const std::string evil =
      "<script>alert(1)</script>\"'><img src=x onerror=y>\r\nBcc: v@evil.example\x1B\xE2\x80\xAE{title}";
  for (std::string* field : {&input.title, &input.event_title, &input.description, &input.location,
                             &input.additional_notes, &input.organizer_name, &input.organizer_email,
                             &input.recipient_name, &input.reason, &input.start.zone})
    *field = evil;
  input.meeting_url = input.cancel_url = input.reschedule_url = "javascript:alert(1)";
  const Email email = render_email(input);
  EXPECT_FALSE(has(email.html, "<script"));
  EXPECT_FALSE(has(email.html, "<img"));
  EXPECT_FALSE(has(email.html, "javascript:"));
  EXPECT_FALSE(has(email.text, "javascript:"));
  for (const std::string* part : {&email.subject, &email.html, &email.text}) {
    EXPECT_FALSE(has(*part, "\xE2\x80\xAE"));
    EXPECT_TRUE(std::none_of(part->begin(), part->end(),
                             [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
  }
  EXPECT_EQ(email.subject.find_first_of("\r\n"), std::string::npos);
  EXPECT_FALSE(has(email.text, "\nBcc:"));
}

TEST(Email, StaysOfASensibleSizeHoweverMuchIsTyped) {
  EmailInput input = booking(MailKind::kRescheduled);
  for (std::string* field :
       {&input.title, &input.description, &input.location, &input.additional_notes, &input.organizer_name,
        &input.recipient_name, &input.reason, &input.start.zone}) {
    field->clear();
    for (int i = 0; i < 100'000; ++i) *field += "&é";
  }
  const Email email = render_email(input);
  EXPECT_LT(email.subject.size(), 600U);
  EXPECT_LT(email.html.size(), 102'000U);  // Gmail cuts what is longer
}

TEST(Email, NotesThatOnlyRepeatTheDescriptionStandOnce) {
  EmailInput input = booking();
  input.description = input.additional_notes = "Bring the plan";
  EXPECT_FALSE(has(render_email(input).text, "Notes:"));
  input.additional_notes = "Third floor";
  expect_both(render_email(input), "Third floor");
}

TEST(Email, EqualInputGivesEqualBytes) {
  const Email one = render_email(booking()), two = render_email(booking());
  EXPECT_EQ(one.html, two.html);
  EXPECT_EQ(one.text, two.text);
  EmailInput other = booking();
  other.recipient_locale = "xx-YY";  // a language we do not have is English
  EXPECT_EQ(render_email(other).html, one.html);
}

EmailInput host_copy(MailKind kind = MailKind::kConfirmation) {
  EmailInput input = booking(kind);
  input.is_host = true;
  input.recipient_email = input.organizer_email;
  input.recipient_name = input.organizer_name;
  input.guests = {{"Ana", "ana@example.com"}, {"", "guest@example.com"}};
  input.booking_url = "https://cal.example/booking/u?changes=true";
  return input;
}

TEST(EmailToHost, SaysWhoBooked) {
  const Email email = render_email(host_copy());
  expect_both(email, "Hello Zoë Müller,");
  expect_both(email, "Ana has booked a time with you.");
  EXPECT_TRUE(has(email.text, "With:\n  Ana (ana@example.com)\n  guest@example.com\n")) << email.text;
  expect_both(email, "You receive this copy because the booking was made with you.");
  expect_neither(email, "calendar.google.com");
  expect_neither(email, "is confirmed");
}

TEST(EmailToHost, OfSeveralWhoHoldSeatsNobodyInParticularBooked) {
  EmailInput seats = host_copy();
  seats.seated = true;
  expect_both(render_email(seats), "A time with you has been booked.");
  seats.guests.pop_back();
  expect_both(render_email(seats), "Ana has booked a time with you.");
  seats.guests.assign(30, {"Ana", "ana@example.com"});
  EXPECT_TRUE(has(render_email(seats).text, "\n  … (30)\n"));
}

TEST(EmailToHost, ARequestIsAnsweredInCalCom) {
  const Email email = render_email(host_copy(MailKind::kRequested));
  expect_both(email, "Ana would like to book a time with you.");
  expect_both(email, "https://cal.example/booking/u?changes=true");
  expect_neither(email, "cancel=true");
}

TEST(EmailToHost, ACancellationNamesWhoCancelledAndSellsNothing) {
  EmailInput off = host_copy(MailKind::kCancellation);
  off.cancelled_by = "Ana@example.com";
  const Email email = render_email(off);
  expect_both(email, "Your booking with Ana has been cancelled.");
  EXPECT_TRUE(has(email.text, "Cancelled by:\n  Ana@example.com\n")) << email.text;
  expect_neither(email, "https://cal.example/zoe");
}

TEST(EmailToHost, NothingThatWasTypedActs) {
  EmailInput evil = host_copy();
  evil.guests = {{"<b>{{reason}}</b>\r\nBcc: x", "a@example.com"}};
  const Email email = render_email(evil);
  EXPECT_FALSE(has(email.html, "<b>"));
  EXPECT_TRUE(has(email.text, "<b>{{reason}}</b> Bcc: x has booked a time with you.")) << email.text;
}

}  // namespace
}  // namespace calcom
