// The words that enumerated columns may hold, for the test that compares them with the columns' CHECKs.
#include <vector>

#include "core/booking/booking.hpp"
#include "core/booking/merge.hpp"
#include "core/booking/stored_words.hpp"
#include "core/mail/mail_state.hpp"
#include "pg/row.hpp"

using namespace calcom;
using namespace calcom::pg;

namespace {

template <typename Enum>
void put_words(FunctionCallInfo fcinfo, const char* table, const char* column) {
  for (const std::string_view word : Words<Enum>::list)
    put_row<3>(fcinfo, {text_datum(table), text_datum(column), text_datum(word)});
}

}  // namespace

CALCOM_FUNCTION(calcom_enumerated) {
  return entry([&]() -> Datum {
    begin_rows(fcinfo);
    put_words<EventSource>(fcinfo, "calcom_events", "source");
    put_words<EventOutcome>(fcinfo, "calcom_events", "outcome");
    put_words<ProviderOutcome>(fcinfo, "provider_events", "outcome");
    put_words<Step>(fcinfo, "bookings", "status");
    put_words<HistoryAction>(fcinfo, "booking_history", "action");
    put_words<MailMode>(fcinfo, "calcom_accounts", "mail_mode");
    put_words<MailMode>(fcinfo, "email_outbox", "mail_mode");
    put_words<MailKind>(fcinfo, "email_outbox", "kind");
    put_words<MailKind>(fcinfo, "email_templates", "kind");
    put_words<MailState>(fcinfo, "email_outbox", "state");
    put_words<MailCause>(fcinfo, "email_outbox", "cause");
    put_words<MailCause>(fcinfo, "email_waits", "cause");
    put_words<SuppressionSource>(fcinfo, "email_suppressions", "source");
    put_words<SecretKind>(fcinfo, "calcom_secrets", "kind");
    return 0;
  });
}
