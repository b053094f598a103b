// A mail before it has a form: what is said, in plain text that is clean but not yet escaped. email_html.cpp
// and email_text.cpp only lay it out, so both twins always say the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/email.hpp"
#include "core/locale.hpp"

namespace calcom {

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
  MailKind kind;
  const LocaleTexts& texts;
  std::string subject, preheader, greeting, intro;
  std::vector<ContentRow> rows;
  std::vector<ContentButton> buttons;
};

EmailContent email_content(const EmailInput& input);
std::string lay_out_html(const EmailContent& content);
std::string lay_out_text(const EmailContent& content);

// "Wednesday, 25 November 2026, 12:30 – 13:00 (Asia/Kolkata, UTC+05:30)". An end that is not after the start
// is left out.
std::string describe_time(const LocaleTexts& texts, const ZonedTime& start,
                          const std::optional<ZonedTime>& end);
std::string describe_date(const LocaleTexts& texts, const ZonedTime& time);  // "25 November 2026"
std::string describe_clock(const ZonedTime& time);                           // "12:30"

struct Place {
  std::string words;  // "Cal Video", an address as typed; empty: nothing known
  std::string url;    // safe, or empty
};
// Cal.com's location is a link, an address, a telephone number or a raw "integrations:daily".
Place describe_place(const LocaleTexts& texts, std::string_view location, std::string_view meeting_url);

}  // namespace calcom
