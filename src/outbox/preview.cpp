// What a person asks of one mail: how it would look, and whether it can be sent by hand. Composed and judged as the
// worker composes and judges.
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
  if (const auto kind = parse<MailKind>(args.required_text(i, "kind"))) return *kind;
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

std::optional<std::string> why_suppressed(Spi& spi, const std::string& account,
                                          const std::string& recipient) {
  static constinit Statement statement{
      "select s.reason from @extschema@.email_suppressions s where s.account = $1 and s.email = $2"};
  const Rows rows = spi.run(statement, Params().text(account).text(recipient));
  return rows.empty() ? std::nullopt : std::optional(rows.text(0, 1));
}

}  // namespace

CALCOM_FUNCTION(calcom_preview_email) {
  return entry([&] {
    const Arguments args(fcinfo);
    const std::string uid = args.required_text(0, "uid");
    const MailKind kind = kind_argument(args, 1);
    outbox::OutboxRow row;
    row.mail.kind = kind;
    row.booking_uid = uid;
    row.mail.recipient = normal_email(args.required_text(2, "recipient"));
    if (!is_mailable(row.mail.recipient))
      throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "recipient is not an address that mail is sent to"};
    const std::string account_name = args.required_text(3, "account");
    outbox::Frozen frozen;
    {
      Spi spi(data_schema());
      const auto account = outbox::account_named(spi, account_name);
      if (!account) throw sql_error(Error::kUnknownAccount);
      const Booking booking = booking_of(spi, account_name, uid);
      if (!instant_of(booking, Detail::kStartTime)) throw sql_error(Error::kNoStartTime);
      frozen = outbox::compose(spi, *account, row, kind, booking, outbox::Sequence::kLook);
    }
    return make_row<4>(fcinfo, {text_datum(frozen.subject), text_datum(frozen.html), text_datum(frozen.text),
                                text_cell(frozen.calendar)});
  });
}

// The judge's word on a mail that would be queued now.
CALCOM_FUNCTION(calcom_why_not_owed) {
  const Datum result = entry([&] {
    const Arguments args(fcinfo);
    DueMail mail;
    mail.kind = kind_argument(args, 2);
    mail.recipient = normal_email(args.text(3));
    mail.owed_at = now();
    MailFate fate;
    {
      Spi spi(data_schema());
      mail.suppressed = why_suppressed(spi, args.text(0), mail.recipient);
      const auto booking = read_booking(spi, args.text(0), args.text(1));
      fate = judge_mail(mail, AccountState{}, booking ? &*booking : nullptr, mail.owed_at);
    }
    return fate.cause ? text_datum(fate.reason) : Datum{0};
  });
  fcinfo->isnull = result == 0;
  return result;
}
