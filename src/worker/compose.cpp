// See compose.hpp.
#include "worker/compose.hpp"

#include "core/email.hpp"
#include "core/email_content.hpp"
#include "core/ics.hpp"
#include "core/resend.hpp"
#include "core/text.hpp"
#include "pg/booking_store.hpp"
#include "pg/zone.hpp"

namespace calcom::worker {

namespace {

template <typename T>
const T* detail(const Booking& booking, Detail which) {
  return std::get_if<T>(&booking.details[static_cast<std::size_t>(which)]);
}

std::string text(const Booking& booking, Detail which) {
  const auto* value = detail<std::string>(booking, which);
  return value != nullptr ? *value : std::string();
}

bool flag(const Booking& booking, Detail which) {
  const auto* value = detail<bool>(booking, which);
  return value != nullptr && *value;
}

const Person* person_of(const Booking& booking, const std::string& email) {
  for (const auto& attendee : booking.attendees)
    if (attendee.person.email == email) return &attendee.person;
  return nullptr;
}

std::string first_of(const std::string& wanted, const std::string& otherwise) {
  return wanted.empty() ? otherwise : wanted;
}

Detail reason_of(MailKind kind) {
  if (kind == MailKind::kCancellation) return Detail::kCancellationReason;
  return kind == MailKind::kRejected ? Detail::kRejectionReason : Detail::kRescheduleReason;
}

bool has_reason(MailKind kind) {
  return kind == MailKind::kCancellation || kind == MailKind::kRejected || kind == MailKind::kRescheduled;
}

void add_times(pg::Spi& spi, const Account& account, const DueMail& mail, const Booking& booking,
               const std::string& zone, EmailInput& input) {
  const auto* start = detail<Instant>(booking, Detail::kStartTime);
  input.start = pg::zoned(mail.start_time.value_or(start != nullptr ? start->at : 0), zone);
  const std::string& host = input.organizer_time_zone;
  if (!host.empty()) input.host_start = pg::zoned(input.start.at, host);
  if (const auto* end = detail<Instant>(booking, Detail::kEndTime)) {
    input.end = pg::zoned(end->at, zone);
    if (!host.empty()) input.host_end = pg::zoned(end->at, host);
  }
  if (input.kind != MailKind::kRescheduled || booking.rescheduled_from_uid.empty()) return;
  const auto earlier = pg::read_booking(spi, account.name, booking.rescheduled_from_uid);
  if (!earlier) return;
  if (const auto* before = detail<Instant>(*earlier, Detail::kStartTime))
    input.previous_start = pg::zoned(before->at, zone);
}

void add_links(const Account& account, const Booking& booking, const Person* person, EmailInput& input) {
  LinkInput link;
  link.booker_url = first_of(text(booking, Detail::kBookerUrl), account.booker_url);
  link.uid = booking.uid;
  link.seat_uid = person != nullptr ? person->seat_uid : std::string();
  link.recipient_email = input.recipient_email;
  link.platform_cancel_url = text(booking, Detail::kPlatformCancelUrl);
  link.platform_reschedule_url = text(booking, Detail::kPlatformRescheduleUrl);
  link.disable_cancelling = flag(booking, Detail::kDisableCancelling);
  link.disable_rescheduling = flag(booking, Detail::kDisableRescheduling);
  input.cancel_url = cancel_url(link);
  input.reschedule_url = reschedule_url(link);
  input.cal_link = account.cal_link;
}

EmailInput describe(pg::Spi& spi, const Account& account, const DueMail& mail, MailKind kind,
                    const Booking& booking) {
  const Person* person = person_of(booking, mail.recipient);
  EmailInput input;
  input.kind = kind;
  input.account = account.name;
  input.uid = booking.uid;
  input.recipient_email = mail.recipient;
  input.recipient_name = person != nullptr ? person->name : std::string();
  input.recipient_locale = first_of(person != nullptr ? person->locale : std::string(), account.locale);
  input.title = text(booking, Detail::kTitle);
  input.event_title = text(booking, Detail::kEventTitle);
  input.description = text(booking, Detail::kDescription);
  input.location = text(booking, Detail::kLocation);
  input.meeting_url = text(booking, Detail::kMeetingUrl);
  input.additional_notes = text(booking, Detail::kAdditionalNotes);
  input.organizer_name = text(booking, Detail::kOrganizerName);
  input.organizer_email = text(booking, Detail::kOrganizerEmail);
  input.organizer_time_zone = text(booking, Detail::kOrganizerTimeZone);
  input.hide_organizer_email = flag(booking, Detail::kHideOrganizerEmail);
  input.cancelled_by = text(booking, Detail::kCancelledBy);
  if (has_reason(kind)) input.reason = text(booking, reason_of(kind));
  const std::string zone = person != nullptr ? person->time_zone : std::string();
  add_times(spi, account, mail, booking, first_of(zone, input.organizer_time_zone), input);
  add_links(account, booking, person, input);
  return input;
}

// The booking's own, else the account's, else the organizer where he is not hidden.
std::string reply_to(const Account& account, const Booking& booking, const EmailInput& input) {
  const std::string own = text(booking, Detail::kReplyTo);
  if (!own.empty()) return own;
  if (!account.reply_to.empty()) return account.reply_to;
  return input.hide_organizer_email ? std::string() : input.organizer_email;
}

// The account's template for this kind: of the locale, else of its language, else of all languages.
EmailTemplates own_templates(pg::Spi& spi, const Account& account, MailKind kind, const std::string& locale) {
  static constinit pg::Statement statement{
      "select t.subject is not null, t.subject, t.html is not null, t.html, t.text is not null, t.text"
      "  from @extschema@.email_templates t, pg_catalog.unnest($3) with ordinality w (locale, preference)"
      " where t.account = $1 and t.kind = $2 and t.locale = w.locale order by w.preference limit 1"};
  const std::string wanted = normal_locale(locale);
  const pg::Rows rows = spi.run(statement, pg::Params()
                                               .text(account.name)
                                               .text(mail_kind_name(kind))
                                               .texts({wanted, wanted.substr(0, wanted.find('-')), "*"}));
  EmailTemplates own;
  if (rows.empty()) return own;
  if (rows.boolean(0, 1)) own.subject = rows.text(0, 2);
  if (rows.boolean(0, 3)) own.html = rows.text(0, 4);
  if (rows.boolean(0, 5)) own.text = rows.text(0, 6);
  return own;
}

// INVARIANT: taken in the transaction that freezes the file. Kept by recipient, because that is whose
// calendar it is; outside the merge, because nothing that is heard later may lower it.
std::int64_t next_sequence(pg::Spi& spi, const Account& account, const std::string& uid,
                           const std::string& recipient, std::int64_t heard, Sequence sequence) {
  static constinit pg::Statement take{
      "insert into @extschema@.email_calendar_sequences as s (account, ical_uid, recipient, sequence)"
      " values ($1, $2, $3, $4) on conflict (account, ical_uid, recipient)"
      " do update set sequence = greatest(s.sequence + 1, excluded.sequence) returning sequence"};
  static constinit pg::Statement look{
      "select greatest((select s.sequence + 1 from @extschema@.email_calendar_sequences s"
      "  where s.account = $1 and s.ical_uid = $2 and s.recipient = $3), $4)"};
  pg::Statement& statement = sequence == Sequence::kTake ? take : look;
  return spi.run(statement, pg::Params().text(account.name).text(uid).text(recipient).int8(heard)).int8(0, 1);
}

std::optional<IcsMethod> method_of(MailKind kind) {
  switch (kind) {
    case MailKind::kConfirmation:
    case MailKind::kRescheduled:
      return IcsMethod::kRequest;
    case MailKind::kCancellation:
      return IcsMethod::kCancel;
    case MailKind::kRequested:
    case MailKind::kRejected:
    case MailKind::kReminder:
      break;
  }
  return std::nullopt;
}

// A hidden host's place is taken by the address that the mail comes from.
std::string calendar_organizer(const Account& account, const EmailInput& input) {
  return input.hide_organizer_email ? sender_address(account.sender) : input.organizer_email;
}

CalendarEvent calendar_event(const Account& account, const Booking& booking, const EmailInput& input,
                             const Email& email, IcsMethod method) {
  CalendarEvent event;
  event.method = method;
  event.uid = calendar_uid(text(booking, Detail::kIcalUid), booking.root_uid);
  event.stamp = pg::now();
  event.start = input.start.at;
  if (input.end) event.end = input.end->at;
  event.summary = first_of(first_of(input.title, input.event_title), email.subject);
  event.description = first_of(input.description, input.additional_notes);
  const Place place =
      describe_place(locale_of(input.recipient_locale).texts, input.location, input.meeting_url);
  event.location = place.words;
  event.url = place.url;
  event.organizer_name = input.organizer_name;
  event.organizer_email = calendar_organizer(account, input);
  event.attendee_name = input.recipient_name;
  event.attendee_email = input.recipient_email;
  return event;
}

std::string calendar_file(pg::Spi& spi, const Account& account, const Booking& booking,
                          const EmailInput& input, const Email& email, Sequence sequence) {
  CalendarEvent event = calendar_event(account, booking, input, email, *method_of(input.kind));
  const auto* heard = detail<std::int64_t>(booking, Detail::kIcalSequence);
  event.sequence =
      next_sequence(spi, account, event.uid, input.recipient_email, heard != nullptr ? *heard : 0, sequence);
  return compose_ics(event);
}

// Also of a mail that brings none itself: its reader has it from an earlier one.
bool wants_calendar_file(const Account& account, const EmailInput& input) {
  return account.calendar_file && !calendar_organizer(account, input).empty();
}

SendRequest request_of(const Account& account, const DueMail& mail, const Booking& booking,
                       const EmailInput& input, const Frozen& frozen) {
  SendRequest request;
  request.from = account.sender;
  request.to = account.mail_mode == "redirect" ? account.redirect_to : mail.recipient;
  request.reply_to = reply_to(account, booking, input);
  request.subject = frozen.subject;
  request.html = frozen.html;
  request.text = frozen.text;
  request.tags = {{"outbox_id", pg::uuid_string(mail.id)}, {"kind", mail.kind}};
  if (!frozen.calendar.empty())
    request.attachments = {
        {std::string(kIcsFilename), ics_content_type(*method_of(input.kind)), frozen.calendar}};
  return request;
}

}  // namespace

Frozen compose(pg::Spi& spi, const Account& account, const DueMail& mail, MailKind kind,
               const Booking& booking, Sequence sequence) {
  EmailInput input = describe(spi, account, mail, kind, booking);
  input.has_calendar_file = wants_calendar_file(account, input);
  Email email = render_email(input, own_templates(spi, account, kind, input.recipient_locale));
  Frozen frozen;
  if (input.has_calendar_file && method_of(kind))
    frozen.calendar = calendar_file(spi, account, booking, input, email, sequence);
  if (account.mail_mode == "redirect") email.subject = "[for " + mail.recipient + "] " + email.subject;
  frozen.subject = std::move(email.subject);
  frozen.html = std::move(email.html);
  frozen.text = std::move(email.text);
  frozen.request = compose_send(request_of(account, mail, booking, input, frozen));
  return frozen;
}

}  // namespace calcom::worker
