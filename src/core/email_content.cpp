// Decides what a mail says: which rows, which buttons, in which words. Whatever was typed by a person is
// cleaned here; addresses of third people are never shown.
#include "core/email_content.hpp"

#include "core/escape.hpp"
#include "core/template.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxTitle = 120;  // leaves room for words and date in a subject of some 200 characters
constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxAddress = 254;
constexpr std::size_t kMaxLongText = 2000;

std::string organizer_words(const EmailInput& input) {
  std::string name = one_line(input.organizer_name, kMaxName);
  if (name.empty() && !input.hide_organizer_email) name = one_line(input.organizer_email, kMaxAddress);
  return name;
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
  const std::string organizer = organizer_words(input);
  if (organizer.empty()) return std::string(texts.meeting);
  return one_line(fill(texts.meeting_with, {{"organizer", organizer}}), kMaxTitle);
}

// The recipient or the organizer; another attendee's address is nobody's business.
std::string canceller(const EmailInput& input, const LocaleTexts& texts) {
  const std::string by = ascii_lower(input.cancelled_by);
  if (by.empty()) return {};
  if (by == ascii_lower(input.recipient_email)) return std::string(texts.you);
  return by == ascii_lower(input.organizer_email) ? organizer_words(input) : std::string();
}

class Builder {
 public:
  Builder(const EmailInput& input, const LocaleTexts& texts)
      : input_(input),
        content_{.kind = input.kind,
                 .texts = texts,
                 .subject = {},
                 .preheader = describe_time(texts, input.start, input.end),
                 .greeting = {},
                 .intro = {},
                 .rows = {},
                 .buttons = {}} {}

  EmailContent build() && {
    add_words();
    add_rows();
    add_buttons();
    return std::move(content_);
  }

 private:
  bool cancelled() const { return input_.kind == MailKind::kCancellation; }

  void add_words() {
    const LocaleTexts& texts = content_.texts;
    const KindTexts& kind = kind_texts(texts, input_.kind);
    const std::string name = one_line(input_.recipient_name, kMaxName);
    const std::string organizer = organizer_words(input_);
    content_.subject = fill(kind.subject, {{"title", title_of(input_, texts)},
                                           {"date", describe_date(texts, input_.start)},
                                           {"time", describe_clock(input_.start)}});
    content_.greeting =
        name.empty() ? std::string(texts.greeting_without) : fill(texts.greeting, {{"name", name}});
    content_.intro = organizer.empty() ? std::string(kind.intro_without)
                                       : fill(kind.intro_with, {{"organizer", organizer}});
  }

  void add_rows() {
    const LocaleTexts& texts = content_.texts;
    row(texts.what, title_of(input_, texts));
    row(texts.when, content_.preheader);
    if (cancelled()) {
      content_.rows.back().outdated = true;
    } else {
      add_former_time();
      Place place = describe_place(texts, input_.location, input_.meeting_url);
      row(texts.where, std::move(place.words), std::move(place.url));
    }
    row(texts.who, organizer_row(input_));
    if (cancelled()) row(texts.cancelled_by, canceller(input_, texts));
    if (input_.kind != MailKind::kConfirmation) row(texts.reason, several_lines(input_.reason, kMaxLongText));
    if (cancelled()) return;
    const std::string about = several_lines(input_.description, kMaxLongText);
    const std::string notes = several_lines(input_.additional_notes, kMaxLongText);
    row(texts.about, about);
    if (notes != about) row(texts.notes, notes);  // Cal.com fills one from the other
  }

  void add_former_time() {
    const std::optional<ZonedTime>& former = input_.previous_start;
    if (input_.kind != MailKind::kRescheduled || !former || former->at == input_.start.at) return;
    row(content_.texts.formerly, describe_time(content_.texts, *former, std::nullopt));
    content_.rows.back().outdated = true;
  }

  void add_buttons() {
    const LocaleTexts& texts = content_.texts;
    if (cancelled()) {
      button(texts.book_again, safe_url(input_.cal_link), true);
      return;
    }
    button(texts.join, describe_place(texts, input_.location, input_.meeting_url).url, true);
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
  EmailContent content_;
};

}  // namespace

EmailContent email_content(const EmailInput& input) {
  return Builder(input, locale_texts(input.recipient_locale)).build();
}

}  // namespace calcom
