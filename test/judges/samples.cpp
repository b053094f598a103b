// Writes every built-in mail, calendar file and request body into a folder, for readers that are not ours:
//   judge_samples DIRECTORY
// Each kind in each language, once plain and once with everything set as long and as hostile as it comes; the
// same as copies to the host; and a calendar file of Cal.com's, passed on.
#include <fstream>
#include <iostream>

#include "core/mail/email_content.hpp"
#include "core/mail/ics.hpp"
#include "core/sending/resend.hpp"

namespace {

using namespace calcom;

constexpr Micros kStart = 1'795'590'000 * kSecond;  // 2026-11-25 07:00 UTC

ZonedTime in(Micros at, int offset, const char* zone) {
  return {.at = at, .utc_offset_seconds = offset, .zone = zone, .abbreviation = ""};
}

EmailInput plain(MailKind kind, const char* locale) {
  EmailInput input;
  input.kind = kind;
  input.account = "default";
  input.uid = "8V1gnGcMUxHMLQAKdTjDhY";
  input.recipient_email = "ana@example.com";
  input.recipient_name = "Ana Souza";
  input.recipient_locale = locale;
  input.title = "Consultation";
  input.location = "integrations:daily";
  input.meeting_url = "https://app.cal.com/video/8V1gnGcMUxHMLQAKdTjDhY";
  input.organizer_name = "Zoë Müller";
  input.organizer_email = "zoe@studio.example";
  input.additional_notes = "I would like to talk about the garden.\nSee you!";
  input.start = in(kStart, 19'800, "Asia/Kolkata");
  input.end = in(kStart + 30 * kMinute, 19'800, "Asia/Kolkata");
  input.host_start = in(kStart, 3'600, "Europe/Berlin");
  input.host_end = in(kStart + 30 * kMinute, 3'600, "Europe/Berlin");
  if (kind == MailKind::kRescheduled) input.previous_start = in(kStart - kDay, 19'800, "Asia/Kolkata");
  if (kind == MailKind::kCancellation || kind == MailKind::kRejected || kind == MailKind::kRescheduled)
    input.reason = "The train does not run.";
  input.cancelled_by = input.organizer_email;
  input.cancel_url =
      "https://cal.com/booking/8V1?cancel=true&allRemainingBookings=false&cancelledBy=ana%40example.com";
  input.reschedule_url = "https://cal.com/reschedule/8V1?rescheduledBy=ana%40example.com";
  input.cal_link = "https://cal.com/zoe";
  input.has_calendar_file = kind == MailKind::kConfirmation || is_off(kind);
  return input;
}

EmailInput hostile(MailKind kind, const char* locale) {
  EmailInput input = plain(kind, locale);
  const std::string typed =
      "<script>alert(1)</script> \"quoted\", semi;colon \\ back & {{reason}} --> ]]> 日本語のとても長い題名 "
      "émoji 🎉\r\nBcc: v@evil.example\r\nEND:VEVENT";
  for (std::string* field : {&input.title, &input.description, &input.location, &input.additional_notes,
                             &input.organizer_name, &input.recipient_name, &input.reason})
    *field = typed + typed + " " + std::string(80, 'W');
  return input;
}

bool told_to_host(MailKind kind) {
  return kind != MailKind::kRejected && kind != MailKind::kReminder;
}

EmailInput to_host(EmailInput input) {
  input.is_host = true;
  input.guests = {{input.recipient_name, input.recipient_email}, {"", "guest@example.com"}};
  input.recipient_name = input.organizer_name;
  input.recipient_email = input.organizer_email;
  input.start = *input.host_start;
  input.end = input.host_end;
  input.host_start.reset();
  input.host_end.reset();
  if (input.previous_start) input.previous_start = in(input.previous_start->at, 3'600, "Europe/Berlin");
  input.cancelled_by = input.guests.front().email;
  input.booking_url = "https://cal.com/booking/8V1?changes=true";
  input.has_calendar_file = false;
  return input;
}

CalendarEvent event_of(const EmailInput& input, IcsMethod method) {
  CalendarEvent event;
  event.method = method;
  event.uid = calendar_uid("", input.uid);
  event.sequence = 3;
  event.stamp = kStart - kDay;
  event.start = kStart;
  event.end = kStart + 30 * kMinute;
  event.summary = input.title;
  event.description = input.additional_notes;
  event.location = input.location;
  event.url = input.meeting_url;
  event.organizer_name = input.organizer_name;
  event.organizer_email = input.organizer_email;
  event.attendee_name = input.recipient_name;
  event.attendee_email = input.recipient_email;
  return event;
}

bool write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  return static_cast<bool>(file.flush());
}

bool write_samples(const std::string& stem, const EmailInput& input) {
  const Email email = render_email(input);
  const IcsMethod method = is_off(input.kind) ? IcsMethod::kCancel : IcsMethod::kRequest;
  const std::string ics = compose_ics(event_of(input, method));
  SendRequest request;
  request.from = "Studio <hello@studio.example>";
  request.to = input.recipient_email;
  request.reply_to = input.is_host ? input.guests.front().email : input.organizer_email;
  request.subject = email.subject;
  request.html = email.html;
  request.text = email.text;
  request.tags = {{"outbox_id", "019ab000-0000-7000-8000-000000000000"},
                  {"kind", std::string(name(input.kind))}};
  if (input.has_calendar_file)
    request.attachments = {{std::string(kIcsFilename), ics_content_type(method), ics}};
  return write(stem + ".html", email.html) && write(stem + ".txt", email.text) &&
         (input.is_host || write(stem + ".ics", ics)) && write(stem + ".request.json", compose_send(request));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: judge_samples DIRECTORY\n";
    return 2;
  }
  for (const char* locale : {"en", "en-US", "de", "fr", "es"}) {
    for (const MailKind kind : kMailKinds) {
      const std::string stem = std::string(argv[1]) + "/" + std::string(name(kind)) + "." + locale;
      bool written =
          write_samples(stem, plain(kind, locale)) && write_samples(stem + ".hostile", hostile(kind, locale));
      if (told_to_host(kind))
        written = written && write_samples(stem + ".host", to_host(plain(kind, locale))) &&
                  write_samples(stem + ".host.hostile", to_host(hostile(kind, locale)));
      if (!written) {
        std::cerr << "cannot write to " << argv[1] << "\n";
        return 1;
      }
    }
  }
  return 0;
}
