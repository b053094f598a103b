// A mail before it has a form: what is said, in plain text that is clean but not yet escaped. Templates only
// lay it out, so both twins always say the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/email.hpp"
#include "core/mail/locale.hpp"
#include "core/mail/template.hpp"

namespace calcom {

struct Place {
  std::string words;  // "Cal Video", an address as typed; empty: nothing known
  std::string url;    // safe, or empty
};

struct ContentRow {
  std::string_view label;
  std::string value;      // may have several lines
  std::string url{};      // stands behind the value; safe, or empty
  bool outdated = false;  // shown struck through
};

struct ContentButton {
  std::string_view label;
  std::string url;  // safe
  bool primary = false;
};

struct EmailContent {
  std::string title, when, host_when, organizer, guest, reason, about, notes, cancelled_by, calendar_url;
  Place place;
  std::vector<ContentRow> rows;
  std::vector<ContentButton> buttons;
};

// Cancelled or declined: the mail names a time at which nothing takes place.
inline bool is_off(MailKind kind) {
  return kind == MailKind::kCancellation || kind == MailKind::kRejected;
}

EmailContent email_content(const EmailInput& input);
TemplateModel email_model(const EmailInput& input);

// The built-in mail as a template: what an account's own one can start from.
std::string default_template(MailKind kind, const LocaleTexts& texts, TemplatePart part);

// "Wednesday, 25 November 2026, 12:30 – 13:00 (Asia/Kolkata, UTC+05:30)". An end that is not after the start
// is left out.
std::string describe_time(const Locale& locale, const ZonedTime& start, const std::optional<ZonedTime>& end);
std::string describe_date(const Locale& locale, const ZonedTime& time);   // "25 November 2026"
std::string describe_clock(const Locale& locale, const ZonedTime& time);  // "12:30"
std::string describe_weekday(const Locale& locale, const ZonedTime& time);
std::string describe_offset(int utc_offset_seconds);  // "UTC+05:30"

// Cal.com's location is a link, an address, a telephone number or a raw "integrations:daily".
Place describe_place(const LocaleTexts& texts, std::string_view location, std::string_view meeting_url);

}  // namespace calcom
