// What a person asks of mail: how would it look, is it true, send it now. The same composing and the same
// truth as the worker's own, so that a preview shows what would leave and no hand sends what is not so.
#include "core/base/text.hpp"
#include "core/booking/booking_detail.hpp"
#include "outbox/compose.hpp"
#include "pg/errors.hpp"
#include "pg/row.hpp"
#include "store/booking_store.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::outbox;

namespace {

MailKind kind_argument(const Arguments& args, int i) {
  if (const auto kind = mail_kind(args.required_text(i, "kind"))) return *kind;
  throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE,
                 "kind of mail is not valid",
                 {},
                 "It is confirmation, rescheduled, cancellation, requested, rejected or reminder."};
}

Booking booking_of(Spi& spi, const std::string& account, const std::string& uid) {
  auto booking = read_booking(spi, account, uid);
  if (!booking) throw sql_error(Error::kUnknownBooking, "Account: \"" + account + "\".");
  return *std::move(booking);
}

}  // namespace

CALCOM_FUNCTION(calcom_preview_email) {
  return entry([&] {
    const Arguments args(fcinfo);
    const std::string uid = args.required_text(0, "uid");
    const MailKind kind = kind_argument(args, 1);
    outbox::DueMail mail{};
    mail.kind = mail_kind_name(kind);
    mail.booking_uid = uid;
    mail.recipient = normal_email(args.required_text(2, "recipient"));
    if (!is_mailable(mail.recipient))
      throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "recipient is not an address that mail is sent to"};
    const std::string account_name = args.required_text(3, "account");
    outbox::Frozen frozen;
    {
      Spi spi(data_schema());
      const auto account = outbox::account_named(spi, account_name);
      if (!account) throw sql_error(Error::kUnknownAccount);
      const Booking booking = booking_of(spi, account_name, uid);
      if (!instant_of(booking, Detail::kStartTime)) throw sql_error(Error::kNoStartTime);
      frozen = outbox::compose(spi, *account, mail, kind, booking, outbox::Sequence::kLook);
    }
    return make_row<4>(fcinfo, {text_datum(frozen.subject), text_datum(frozen.html), text_datum(frozen.text),
                                text_cell(frozen.calendar)});
  });
}

CALCOM_FUNCTION(calcom_why_untrue) {
  const Datum result = entry([&] {
    const Arguments args(fcinfo);
    const MailKind kind = kind_argument(args, 2);
    std::string found;
    {
      Spi spi(data_schema());
      const auto booking = read_booking(spi, args.text(0), args.text(1));
      if (!booking) {
        found = "no such booking";
      } else {
        const auto start = args.is_null(4)
                               ? instant_of(*booking, Detail::kStartTime)
                               : std::optional(from_timestamptz(DatumGetTimestampTz(args.datum(4))));
        found = why_untrue(kind, normal_email(args.text(3)), Instant{start.value_or(0)}, *booking,
                           from_timestamptz(DatumGetTimestampTz(args.datum(5))));
      }
    }
    return found.empty() ? Datum{0} : text_datum(found);
  });
  fcinfo->isnull = result == 0;
  return result;
}
