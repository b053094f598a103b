// See compose.hpp.
#include "worker/compose.hpp"

#include "core/email.hpp"
#include "core/resend.hpp"
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

void add_times(pg::Spi& spi, const Account& account, const DueMail& mail, const Booking& booking,
               const std::string& zone, EmailInput& input) {
  const auto* start = detail<Instant>(booking, Detail::kStartTime);
  input.start = pg::zoned(mail.start_time.value_or(start != nullptr ? start->at : 0), zone);
  if (const auto* end = detail<Instant>(booking, Detail::kEndTime)) input.end = pg::zoned(end->at, zone);
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
  input.reason = text(
      booking, kind == MailKind::kCancellation ? Detail::kCancellationReason : Detail::kRescheduleReason);
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

}  // namespace

std::optional<MailKind> mail_kind(std::string_view name) {
  for (const MailKind kind : {MailKind::kConfirmation, MailKind::kRescheduled, MailKind::kCancellation})
    if (mail_kind_name(kind) == name) return kind;
  return std::nullopt;
}

Frozen compose(pg::Spi& spi, const Account& account, const DueMail& mail, MailKind kind,
               const Booking& booking) {
  const EmailInput input = describe(spi, account, mail, kind, booking);
  Email email = render_email(input);
  SendRequest request;
  request.from = account.sender;
  request.to = mail.recipient;
  if (account.mail_mode == "redirect") {
    email.subject = "[for " + mail.recipient + "] " + email.subject;
    request.to = account.redirect_to;
  }
  request.reply_to = reply_to(account, booking, input);
  request.subject = email.subject;
  request.html = email.html;
  request.text = email.text;
  request.tags = {{"outbox_id", pg::uuid_string(mail.id)}, {"kind", mail.kind}};
  return {email.subject, compose_send(request)};
}

}  // namespace calcom::worker
