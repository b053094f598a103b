#include "outbox/compose.hpp"

#include "core/base/text.hpp"
#include "core/booking/booking_detail.hpp"
#include "core/mail/email.hpp"
#include "core/mail/locale.hpp"
#include "core/sending/resend.hpp"
#include "outbox/calendar.hpp"
#include "outbox/previous_booking.hpp"
#include "pg/time_zone.hpp"
#include "store/booking_store.hpp"

namespace calcom::outbox {

namespace {

const Person* person_of(const Booking& booking, const std::string& email) {
  for (const auto& attendee : booking.attendees)
    if (attendee.person.email == email) return &attendee.person;
  return nullptr;
}

Detail reason_of(MailKind kind) {
  if (kind == MailKind::kCancellation) return Detail::kCancellationReason;
  return kind == MailKind::kRejected ? Detail::kRejectionReason : Detail::kRescheduleReason;
}

bool has_reason(MailKind kind) {
  return kind == MailKind::kCancellation || kind == MailKind::kRejected || kind == MailKind::kRescheduled;
}

// For cancellations also adds removed guests; otherwise adds current guests.
void add_guests(const Booking& booking, EmailInput& input) {
  for (const VisibleAttendee& one : booking.attendees) {
    if (one.moved_away || (one.removed && input.kind != MailKind::kCancellation)) continue;
    const bool booked = one.person.email == booking.attendee_email;
    input.guests.insert(booked ? input.guests.begin() : input.guests.end(),
                        {one.person.name, one.person.email});
  }
}

void add_times(pg::Spi& spi, const MailAccount& account, const OutboxRow& row, const Booking& booking,
               const std::string& zone, EmailInput& input) {
  const Micros booked = instant_of(booking, Detail::kStartTime).value_or(0);
  input.start = pg::zoned(row.mail.start_time.value_or(booked), zone);
  const std::string& host = input.organizer_time_zone;
  if (!host.empty() && !input.is_host) input.host_start = pg::zoned(input.start.at, host);
  if (input.host_start && input.host_start->zone != host) input.host_start.reset();  // unknown time zone
  if (const auto end = instant_of(booking, Detail::kEndTime)) {
    input.end = pg::zoned(*end, zone);
    if (input.host_start) input.host_end = pg::zoned(*end, host);
  }
  if (input.kind != MailKind::kRescheduled) return;
  if (const auto before = former_start(spi, account, booking, input.recipient_email, input.start.at))
    input.previous_start = pg::zoned(*before, zone);
}

void add_links(const MailAccount& account, const Booking& booking, const Person* person, EmailInput& input) {
  LinkInput link;
  link.booker_url = first_of(text_of(booking, Detail::kBookerUrl), account.booker_url);
  link.uid = booking.uid;
  link.seat_uid = person != nullptr ? person->seat_uid : std::string();
  link.recipient_email = input.recipient_email;
  link.event_type_slug = text_of(booking, Detail::kEventTypeSlug);
  link.platform_cancel_url = text_of(booking, Detail::kPlatformCancelUrl);
  link.platform_reschedule_url = text_of(booking, Detail::kPlatformRescheduleUrl);
  link.disable_cancelling = flag_of(booking, Detail::kDisableCancelling);
  link.disable_rescheduling = flag_of(booking, Detail::kDisableRescheduling);
  input.cancel_url = cancel_url(link);
  input.reschedule_url = reschedule_url(link);
  if (input.is_host) input.booking_url = booking_url(link);
  input.cal_link = account.cal_link;
}

// Sets the reader: an attendee, or the organizer with the name and language from the booking.
void add_recipient(const MailAccount& account, const OutboxRow& row, const Booking& booking,
                   const Person* person, EmailInput& input) {
  input.recipient_email = row.mail.recipient;
  input.seated = booking.seated;
  input.is_host = is_host_copy(input.kind, row.mail.recipient, booking);
  std::string locale = person != nullptr ? person->locale : std::string();
  if (person != nullptr) input.recipient_name = person->name;
  if (input.is_host) {
    input.recipient_name = text_of(booking, Detail::kOrganizerName);
    locale = text_of(booking, Detail::kOrganizerLocale);
    add_guests(booking, input);
  }
  input.recipient_locale = first_of(locale, account.locale);
}

EmailInput describe(pg::Spi& spi, const MailAccount& account, const OutboxRow& row, MailKind kind,
                    const Booking& booking) {
  const Person* person = person_of(booking, row.mail.recipient);
  EmailInput input;
  input.kind = kind;
  input.account = account.name;
  input.uid = booking.uid;
  add_recipient(account, row, booking, person, input);
  input.title = text_of(booking, Detail::kTitle);
  input.event_title = text_of(booking, Detail::kEventTitle);
  input.description = text_of(booking, Detail::kDescription);
  input.location = text_of(booking, Detail::kLocation);
  input.meeting_url = text_of(booking, Detail::kMeetingUrl);
  input.additional_notes = text_of(booking, Detail::kAdditionalNotes);
  input.organizer_name = text_of(booking, Detail::kOrganizerName);
  input.organizer_email = text_of(booking, Detail::kOrganizerEmail);
  input.organizer_time_zone = text_of(booking, Detail::kOrganizerTimeZone);
  input.hide_organizer_email = flag_of(booking, Detail::kHideOrganizerEmail);
  input.cancelled_by = text_of(booking, Detail::kCancelledBy);
  if (has_reason(kind)) input.reason = text_of(booking, reason_of(kind));
  const std::string zone = person != nullptr ? person->time_zone : std::string();
  add_times(spi, account, row, booking, first_of(zone, input.organizer_time_zone), input);
  add_links(account, booking, person, input);
  return input;
}

// The booking's address, else the account's, else the organizer's unless it is hidden. For a host copy: the
// attendee's, but not if there are several seats; else the account's. An invalid address is skipped, because
// Resend would refuse the whole mail.
std::string reply_to(const MailAccount& account, const Booking& booking, const EmailInput& input) {
  std::vector<std::string> wanted = {text_of(booking, Detail::kReplyTo), account.reply_to};
  if (input.is_host) {
    const bool one = input.guests.size() == 1 || (!input.guests.empty() && !booking.seated);
    wanted = {one ? input.guests.front().email : std::string(), account.reply_to};
  } else if (!input.hide_organizer_email) {
    wanted.push_back(input.organizer_email);
  }
  for (std::string& address : wanted)
    if (is_answerable(sender_address(address))) return std::move(address);
  return {};
}

// The account's template for this kind: for the locale, else for its language, else for all languages.
EmailTemplates own_templates(pg::Spi& spi, const MailAccount& account, MailKind kind,
                             const std::string& locale) {
  static constinit pg::Statement statement{R"sql(
    select t.subject is not null, t.subject, t.html is not null, t.html, t.text is not null, t.text
    from @extschema@.email_templates t, pg_catalog.unnest($3) with ordinality w (locale, preference)
    where t.account = $1 and t.kind = $2 and t.locale = w.locale
    order by w.preference
    limit 1)sql"};
  const std::string wanted = normal_locale(locale);
  const pg::Rows rows = spi.run(statement, pg::Params()
                                               .text(account.name)
                                               .text(name(kind))
                                               .texts({wanted, wanted.substr(0, wanted.find('-')), "*"}));
  EmailTemplates own;
  if (rows.empty()) return own;
  if (rows.boolean(0, 1)) own.subject = rows.text(0, 2);
  if (rows.boolean(0, 3)) own.html = rows.text(0, 4);
  if (rows.boolean(0, 5)) own.text = rows.text(0, 6);
  return own;
}

SendRequest request_of(const MailAccount& account, const OutboxRow& row, const Booking& booking,
                       const EmailInput& input, const Frozen& frozen) {
  SendRequest request;
  request.from = account.sender;
  request.to = account.state.mode == MailMode::kRedirect ? account.redirect_to : row.mail.recipient;
  request.reply_to = reply_to(account, booking, input);
  request.subject = frozen.subject;
  request.html = frozen.html;
  request.text = frozen.text;
  request.tags = {{"outbox_id", pg::uuid_string(row.id)}, {"kind", std::string(name(input.kind))}};
  if (!frozen.calendar.empty())
    request.attachments = {
        {std::string(kIcsFilename), ics_content_type(*calendar_method(input)), frozen.calendar}};
  return request;
}

}  // namespace

Frozen compose(pg::Spi& spi, const MailAccount& account, const OutboxRow& row, MailKind kind,
               const Booking& booking, Sequence sequence) {
  EmailInput input = describe(spi, account, row, kind, booking);
  input.has_calendar_file = wants_calendar_file(account, input);
  Email email = render_email(input, own_templates(spi, account, kind, input.recipient_locale));
  Frozen frozen;
  if (input.has_calendar_file && calendar_method(input))
    frozen.calendar = calendar_file(spi, account, booking, input, email, sequence);
  if (account.state.mode == MailMode::kRedirect)
    email.subject = "[for " + row.mail.recipient + "] " + email.subject;
  frozen.subject = std::move(email.subject);
  frozen.html = std::move(email.html);
  frozen.text = std::move(email.text);
  frozen.request = compose_send(request_of(account, row, booking, input, frozen));
  return frozen;
}

}  // namespace calcom::outbox
