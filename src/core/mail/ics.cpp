// See ics.hpp.
#include "core/mail/ics.hpp"

#include <algorithm>
#include <cstdio>

#include "core/base/escape.hpp"
#include "core/base/text.hpp"
#include "core/base/timestamp.hpp"
#include "core/mail/ics_lines.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxWords = 254;
constexpr std::size_t kMaxText = 4000;

// TEXT of RFC 5545 3.3.11.
std::string text_value(std::string_view text) {
  std::string out;
  for (const char c : several_lines(text, kMaxText)) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    out += c;
  }
  return out;
}

// A parameter's value in quotes, which cannot hold a quote (RFC 6868 writes it ^').
std::string parameter(std::string_view text) {
  std::string out = "\"";
  for (const char c : one_line(text, kMaxWords)) {
    if (c == '"')
      out += "^'";
    else if (c == '^')
      out += "^^";
    else
      out += c;
  }
  return out + '"';
}

// "ORGANIZER;CN="Zoë":mailto:zoe@studio.example"
std::string person(std::string_view property, std::string_view name, const std::string& address) {
  std::string line(property);
  if (!one_line(name, kMaxWords).empty()) line += ";CN=" + parameter(name);
  return line + ":mailto:" + address;
}

}  // namespace

std::string_view ics_method_name(IcsMethod method) {
  return method == IcsMethod::kCancel ? "CANCEL" : "REQUEST";
}

std::string ics_content_type(IcsMethod method) {
  return "text/calendar; charset=utf-8; method=" + std::string(ics_method_name(method));
}

std::string basic_utc(Micros at) {
  const CivilTime time = civil(at, 0);
  char out[40];
  std::snprintf(out, sizeof out, "%04d%02d%02dT%02d%02d%02dZ", time.year, time.month, time.day, time.hour,
                time.minute, time.second);
  return out;
}

std::string calendar_uid(std::string_view payload_uid, std::string_view root_uid) {
  const std::string given = one_line(payload_uid, kMaxWords);
  if (!given.empty()) return given;
  const std::string root = one_line(root_uid, kMaxWords);
  return root.empty() ? root : root + "@Cal.com";
}

std::string compose_ics(const CalendarEvent& event) {
  const std::string organizer = normal_email(event.organizer_email);
  const std::string attendee = normal_email(event.attendee_email);
  const std::string uid = one_line(event.uid, kMaxWords);
  if (uid.empty() || organizer.empty() || attendee.empty()) return {};
  const bool cancels = event.method == IcsMethod::kCancel;
  IcsLines lines;
  lines.add("BEGIN:VCALENDAR");
  lines.add("VERSION:2.0");
  lines.add("PRODID:-//calcom//PostgreSQL extension//EN");
  lines.add("CALSCALE:GREGORIAN");
  lines.add("METHOD:" + std::string(ics_method_name(event.method)));
  lines.add("BEGIN:VEVENT");
  lines.add("UID:" + text_value(uid));
  lines.add("SEQUENCE:" + std::to_string(std::clamp<std::int64_t>(event.sequence, 0, kMaxSequence)));
  lines.add("DTSTAMP:" + basic_utc(event.stamp));
  lines.add("DTSTART:" + basic_utc(event.start));
  if (event.end && *event.end > event.start) lines.add("DTEND:" + basic_utc(*event.end));
  lines.add("SUMMARY:" + text_value(one_line(event.summary, kMaxWords)));
  if (!event.description.empty()) lines.add("DESCRIPTION:" + text_value(event.description));
  if (!event.location.empty()) lines.add("LOCATION:" + text_value(one_line(event.location, kMaxWords)));
  if (const std::string url = safe_url(event.url); !url.empty()) lines.add("URL:" + url);
  lines.add(std::string("STATUS:") + (cancels ? "CANCELLED" : "CONFIRMED"));
  lines.add(person("ORGANIZER", event.organizer_name, organizer));
  lines.add(person(cancels ? "ATTENDEE;ROLE=REQ-PARTICIPANT"
                           : "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE",
                   event.attendee_name, attendee));
  lines.add("END:VEVENT");
  lines.add("END:VCALENDAR");
  return lines.take();
}

}  // namespace calcom
