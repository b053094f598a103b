// Decides what a mail says: which rows, which buttons, in which words. Whatever was typed by a person is
// cleaned here; addresses of third people are never shown.
#include "core/mail/email_content.hpp"

#include "core/base/escape.hpp"
#include "core/mail/locale_fill.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxTitle = 120;  // leaves room for words and date in a subject of some 200 characters
constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxAddress = 254;
constexpr std::size_t kMaxLongText = 2000;
constexpr std::size_t kMaxGuests = 20;  // lines

std::string organizer_words(const EmailInput& input) {
  std::string name = one_line(input.organizer_name, kMaxName);
  if (name.empty() && !input.hide_organizer_email) name = one_line(input.organizer_email, kMaxAddress);
  return name;
}

std::string guest_words(const Guest& guest) {
  const std::string name = one_line(guest.name, kMaxName);
  return name.empty() ? one_line(guest.email, kMaxAddress) : name;
}

// Who is meant by "{guest} has booked": nobody in particular among several who hold seats.
std::string one_guest(const EmailInput& input) {
  const bool named = input.is_host && (input.guests.size() == 1 || (!input.guests.empty() && !input.seated));
  return named ? guest_words(input.guests.front()) : std::string();
}

std::string guest_rows(const EmailInput& input) {
  std::string rows;
  for (std::size_t i = 0; i < input.guests.size(); ++i) {
    if (i == kMaxGuests) return rows + "\n… (" + std::to_string(input.guests.size()) + ")";
    const std::string words = guest_words(input.guests[i]);
    const std::string address = one_line(input.guests[i].email, kMaxAddress);
    rows += (rows.empty() ? "" : "\n") + words + (words == address ? "" : " (" + address + ")");
  }
  return rows;
}

std::string organizer_row(const EmailInput& input) {
  const std::string words = organizer_words(input);
  const std::string address = one_line(input.organizer_email, kMaxAddress);
  if (input.hide_organizer_email || address.empty() || words == address) return words;
  return words + " (" + address + ")";
}

std::string title_of(const EmailInput& input, const LocaleTexts& texts) {
  for (const std::string& candidate : {input.title, input.event_title})
    if (std::string title = one_line(candidate, kMaxTitle); !title.empty()) return title;
  const std::string organizer = input.is_host ? one_guest(input) : organizer_words(input);
  if (organizer.empty()) return std::string(texts.meeting);
  return one_line(fill(texts.meeting_with, {{"organizer", organizer}}), kMaxTitle);
}

// The recipient or the organizer; only the host may see another attendee's address.
std::string canceller(const EmailInput& input, const LocaleTexts& texts) {
  const std::string by = ascii_lower(input.cancelled_by);
  if (by.empty()) return {};
  if (by == ascii_lower(input.recipient_email)) return std::string(texts.you);
  if (input.is_host) return one_line(input.cancelled_by, kMaxAddress);
  return by == ascii_lower(input.organizer_email) ? organizer_words(input) : std::string();
}

class Builder {
 public:
  Builder(const EmailInput& input, const Locale& locale) : input_(input), locale_(locale) {}

  EmailContent build() && {
    add_facts();
    add_rows();
    add_buttons();
    return std::move(content_);
  }

 private:
  bool off() const { return is_off(input_.kind); }
  bool asked_for() const { return input_.kind == MailKind::kRequested; }

  void add_facts() {
    content_.title = title_of(input_, locale_.texts);
    content_.when = describe_time(locale_, input_.start, input_.end);
    const std::optional<ZonedTime>& host = input_.host_start;
    if (host && host->utc_offset_seconds != input_.start.utc_offset_seconds)
      content_.host_when = describe_time(locale_, *host, input_.host_end);
    content_.organizer = organizer_words(input_);
    content_.guest = one_guest(input_);
    content_.place = describe_place(locale_.texts, input_.location, input_.meeting_url);
    content_.reason = several_lines(input_.reason, kMaxLongText);
    content_.about = several_lines(input_.description, kMaxLongText);
    content_.notes = several_lines(input_.additional_notes, kMaxLongText);
    if (content_.notes == content_.about) content_.notes.clear();  // Cal.com fills one from the other
    content_.cancelled_by = canceller(input_, locale_.texts);
    if (!off())
      content_.calendar_url =
          safe_url(add_to_calendar_url({.title = content_.title,
                                        .details = content_.place.url,
                                        .location = content_.place.words,
                                        .start = input_.start.at,
                                        .end = input_.end ? std::optional(input_.end->at) : std::nullopt}));
  }

  void add_rows() {
    const LocaleTexts& texts = locale_.texts;
    row(texts.what, content_.title);
    row(texts.when, content_.when);
    if (off()) {
      content_.rows.back().outdated = true;
    } else {
      row(texts.host_time, content_.host_when);
      add_former_time();
      // What is only asked for has a place, but nothing to join yet.
      row(texts.where, content_.place.words, asked_for() ? std::string() : content_.place.url);
    }
    row(texts.who, input_.is_host ? guest_rows(input_) : organizer_row(input_));
    if (input_.kind == MailKind::kCancellation) row(texts.cancelled_by, content_.cancelled_by);
    row(texts.reason, content_.reason);
    if (off()) return;
    row(texts.about, content_.about);
    row(texts.notes, content_.notes);
  }

  void add_former_time() {
    const std::optional<ZonedTime>& former = input_.previous_start;
    if (input_.kind != MailKind::kRescheduled || !former || former->at == input_.start.at) return;
    row(locale_.texts.formerly, describe_time(locale_, *former, std::nullopt));
    content_.rows.back().outdated = true;
  }

  void add_buttons() {
    const LocaleTexts& texts = locale_.texts;
    if (off()) {
      if (!input_.is_host) button(texts.book_again, safe_url(input_.cal_link), true);
      return;
    }
    if (input_.is_host && asked_for()) {  // accepted or declined there
      button(texts.open, safe_url(input_.booking_url), true);
      return;
    }
    if (!asked_for()) button(texts.join, content_.place.url, true);
    if (!asked_for() && !input_.has_calendar_file && !input_.is_host)  // Cal.com fills the host's calendar
      button(texts.add_to_calendar, content_.calendar_url, false);
    button(texts.reschedule, safe_url(input_.reschedule_url), false);
    button(texts.cancel, safe_url(input_.cancel_url), false);
  }

  void row(std::string_view label, std::string value, std::string url = {}) {
    if (!value.empty()) content_.rows.push_back({label, std::move(value), std::move(url)});
  }

  void button(std::string_view label, std::string url, bool primary) {
    if (!url.empty()) content_.buttons.push_back({label, std::move(url), primary});
  }

  const EmailInput& input_;
  const Locale& locale_;
  EmailContent content_;
};

}  // namespace

EmailContent email_content(const EmailInput& input) {
  const Locale locale = locale_of(input.recipient_locale);
  return Builder(input, locale).build();
}

}  // namespace calcom
