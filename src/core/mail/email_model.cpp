// A mail's content under the names that templates call it by.
#include "core/base/escape.hpp"
#include "core/base/timestamp.hpp"
#include "core/mail/email_content.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxWords = 254;

// What a template can say about one moment, below `name`: start, end or previous_start.
void add_moment(TemplateValues& values, const Locale& locale, const ZonedTime& time,
                std::string_view date_path, std::string_view time_path) {
  values[date_path] = describe_date(locale, time);
  values[time_path] = describe_clock(locale, time);
}

void add_times(TemplateValues& values, const EmailInput& input, const Locale& locale) {
  const CivilTime start = civil(input.start.at, input.start.utc_offset_seconds);
  add_moment(values, locale, input.start, "start.date", "start.time");
  values["start.weekday"] = describe_weekday(locale, input.start);
  values["start.day"] = std::to_string(start.day);
  values["start.month"] = std::to_string(start.month);
  values["start.year"] = std::to_string(start.year);
  values["start.zone"] = one_line(input.start.zone, kMaxWords);
  values["start.offset"] = describe_offset(input.start.utc_offset_seconds);
  if (input.end) add_moment(values, locale, *input.end, "end.date", "end.time");
  if (!input.previous_start) return;
  add_moment(values, locale, *input.previous_start, "previous_start.date", "previous_start.time");
  values["previous_start.when"] = describe_time(locale, *input.previous_start, std::nullopt);
}

void add_links(TemplateValues& values, const EmailInput& input, const EmailContent& content) {
  if (is_off(input.kind)) {
    values["links.book_again"] = input.is_host ? "" : safe_url(input.cal_link);
    return;
  }
  values["links.cancel"] = safe_url(input.cancel_url);
  values["links.reschedule"] = safe_url(input.reschedule_url);
  if (input.kind == MailKind::kRequested) return;
  values["links.add_to_calendar"] = content.calendar_url;
  values["meeting_url"] = content.place.url;
}

}  // namespace

TemplateModel email_model(const EmailInput& input) {
  const Locale locale = locale_of(input.recipient_locale);
  const EmailContent content = email_content(input);
  TemplateModel model;
  model.values = {
      {"account.name", input.account},
      {"booking.description", content.about},
      {"booking.event_title", one_line(input.event_title, kMaxWords)},
      {"booking.notes", content.notes},
      {"booking.title", content.title},
      {"booking.uid", one_line(input.uid, kMaxWords)},
      {"cancelled_by", content.cancelled_by},
      {"guest.name", content.guest},
      {"host.email", input.hide_organizer_email ? "" : one_line(input.organizer_email, kMaxWords)},
      {"host.name", content.organizer},
      {"host.when", content.host_when},
      {"is_host", std::string(input.is_host ? kTrue : "")},
      {"location", content.place.words},
      {"reason", content.reason},
      {"recipient.email", one_line(input.recipient_email, kMaxWords)},
      {"recipient.name", one_line(input.recipient_name, 100)},
      {"start.when", content.when},
  };
  add_times(model.values, input, locale);
  add_links(model.values, input, content);
  for (const ContentRow& row : content.rows)
    model.lists["details"].push_back({{"label", std::string(row.label)},
                                      {"value", row.value},
                                      {"url", row.url},
                                      {"outdated", std::string(row.outdated ? kTrue : "")}});
  for (const ContentButton& button : content.buttons)
    model.lists["buttons"].push_back({{"label", std::string(button.label)},
                                      {"url", button.url},
                                      {"primary", std::string(button.primary ? kTrue : "")}});
  return model;
}

}  // namespace calcom
