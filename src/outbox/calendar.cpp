// The calendar file of a mail. A calendar accepts a file only if its SEQUENCE is not below the last one it saw, so the last
// SEQUENCE is stored for each recipient and entry, outside of the merge: nothing that is received later may lower it. The
// UID of the recipient's entry is stored there too, because Cal.com gives each seat another UID and cancels with a third.
#include "outbox/calendar.hpp"

#include "core/base/text.hpp"
#include "core/booking/booking_detail.hpp"
#include "core/mail/email_content.hpp"
#include "outbox/previous_booking.hpp"
#include "store/booking_store.hpp"

namespace calcom::outbox {

namespace {

// The entry `uid` in the calendar of `recipient`, and the booking that it describes.
struct Entry {
  std::string account, uid, recipient, booking;
};

// INVARIANT: kTake runs in the transaction that stores the composed file.
std::int64_t next_sequence(pg::Spi& spi, const Entry& entry, std::int64_t heard, Sequence sequence) {
  static constinit pg::Statement take{
      "insert into @extschema@.email_calendar_sequences as s (account, ical_uid, recipient, booking_uid, "
      "sequence)"
      " values ($1, $2, $3, $4, $5) on conflict (account, ical_uid, recipient)"
      " do update set sequence = greatest(s.sequence + 1, excluded.sequence), booking_uid = "
      "excluded.booking_uid"
      " returning sequence"};
  static constinit pg::Statement look{
      "select greatest((select s.sequence + 1 from @extschema@.email_calendar_sequences s"
      "  where s.account = $1 and s.ical_uid = $2 and s.recipient = $3), $4)"};
  pg::Params params;
  params.text(entry.account).text(entry.uid).text(entry.recipient);
  if (sequence == Sequence::kTake) params.text(entry.booking);
  return spi.run(sequence == Sequence::kTake ? take : look, params.int8(heard)).int8(0, 1);
}

// The SEQUENCE that Cal.com sent. 0 if it is absent or leaves no room for a next one.
std::int64_t heard_sequence(const Booking& booking) {
  const auto* heard = detail_of<std::int64_t>(booking, Detail::kIcalSequence);
  return heard != nullptr && *heard < kMaxSequence ? *heard : 0;
}

// Finds the recipient's entry for this booking. Mails other than a confirmation also find the entry of an
// earlier booking of the chain. A confirmation does not, because a new seat in a booking that the recipient
// moved away from is a new entry. Without an entry, the UID is the payload's.
Entry entry_of(pg::Spi& spi, const MailAccount& account, const Booking& booking, const EmailInput& input) {
  static constinit pg::Statement statement{
      "select s.ical_uid from @extschema@.email_calendar_sequences s"
      "  left join @extschema@.bookings b on b.account = s.account and b.uid = s.booking_uid"
      " where s.account = $1 and s.recipient = $2 and (s.booking_uid = $3 or $4 and (b.root_uid = $5 or "
      "s.booking_uid = $6))"
      " order by s.booking_uid = $3 desc, s.booking_uid = $6 desc, s.sequence desc, s.ical_uid limit 1"};
  const bool follows = input.kind != MailKind::kConfirmation;
  const std::string former =
      follows ? former_booking(spi, account, booking, input.recipient_email) : std::string();
  const pg::Rows rows = spi.run(statement, pg::Params()
                                               .text(account.name)
                                               .text(input.recipient_email)
                                               .text(booking.uid)
                                               .add(BOOLOID, BoolGetDatum(follows))
                                               .text(booking.root_uid)
                                               .text(former));
  std::string uid =
      rows.empty() ? calendar_uid(text_of(booking, Detail::kIcalUid), booking.root_uid) : rows.text(0, 1);
  return {account.name, std::move(uid), input.recipient_email, booking.uid};
}

// The organizer's address; the sender's address if the organizer's is hidden.
std::string calendar_organizer(const MailAccount& account, const EmailInput& input) {
  return input.hide_organizer_email ? sender_address(account.sender) : input.organizer_email;
}

CalendarEvent own_event(const MailAccount& account, const EmailInput& input, const Email& email) {
  CalendarEvent event;
  event.method = *calendar_method(input);
  event.stamp = pg::now();
  event.start = input.start.at;
  if (input.end) event.end = input.end->at;
  event.summary = first_of(first_of(input.title, input.event_title), email.subject);
  const LocaleTexts& texts = locale_of(input.recipient_locale).texts;
  const Place place = describe_place(texts, input.location, input.meeting_url);
  event.location = place.words;
  event.url = place.url;
  event.description = first_of(input.description, input.additional_notes);
  // Most calendars do not show URL. The link comes first, because a long description is cut at its end.
  if (event.method == IcsMethod::kRequest && !place.url.empty())
    event.description =
        std::string(texts.join) + std::string(texts.colon) + " " + place.url + "\n\n" + event.description;
  event.organizer_name = input.organizer_name;
  event.organizer_email = calendar_organizer(account, input);
  event.attendee_name = input.recipient_name;
  event.attendee_email = input.recipient_email;
  return event;
}

}  // namespace

std::optional<IcsMethod> calendar_method(const EmailInput& input) {
  if (input.is_host) return std::nullopt;
  switch (input.kind) {
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

bool wants_calendar_file(const MailAccount& account, const EmailInput& input) {
  return account.calendar_file && !calendar_organizer(account, input).empty();
}

std::string calendar_file(pg::Spi& spi, const MailAccount& account, const Booking& booking,
                          const EmailInput& input, const Email& email, Sequence sequence) {
  const Entry entry = entry_of(spi, account, booking, input);
  CalendarEvent event = own_event(account, input, email);
  event.uid = entry.uid;
  event.sequence = next_sequence(spi, entry, heard_sequence(booking), sequence);
  return compose_ics(event);
}

}  // namespace calcom::outbox
