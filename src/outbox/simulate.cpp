// What calcom_simulate() asks of the worker's own judgement, so that it foretells what the worker would do.
#include "core/mail/mail_age.hpp"
#include "core/sending/recipient_limit.hpp"
#include "outbox/mail_account.hpp"
#include "pg/text.hpp"

extern "C" {
#include "utils/array.h"
}

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::outbox;

namespace {

std::vector<Micros> times_of(Datum array) {
  Datum* elements = nullptr;
  int count = 0;
  call([&] {
    deconstruct_array(DatumGetArrayTypeP(array), TIMESTAMPTZOID, sizeof(TimestampTz), true, TYPALIGN_DOUBLE,
                      &elements, nullptr, &count);
  });
  std::vector<Micros> times;
  times.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) times.push_back(from_timestamptz(DatumGetTimestampTz(elements[i])));
  return times;
}

Datum array_of(const std::vector<Micros>& times) {
  std::vector<Datum> elements;
  elements.reserve(times.size());
  for (const Micros at : times) elements.push_back(TimestampTzGetDatum(to_timestamptz(at)));
  Datum* data = elements.data();
  const int count = static_cast<int>(elements.size());
  return call([=] {
    return PointerGetDatum(
        construct_array(data, count, TIMESTAMPTZOID, sizeof(TimestampTz), true, TYPALIGN_DOUBLE));
  });
}

}  // namespace

CALCOM_FUNCTION(calcom_why_held) {
  const Datum result = entry([&] {
    const Arguments args(fcinfo);
    const std::string account = args.required_text(0, "account");
    std::string found;
    {
      Spi spi(data_schema());
      found = outbox::why_held(spi, account);
    }
    return found.empty() ? Datum{0} : text_datum(found);
  });
  fcinfo->isnull = result == 0;
  return result;
}

CALCOM_FUNCTION(calcom_turns) {
  return entry([&] {
    const Arguments args(fcinfo);
    const std::vector<Micros> sent = times_of(args.datum(1));
    std::vector<Micros> due = times_of(args.datum(2));
    RecipientLimit limit(args.is_null(0) ? 0 : DatumGetInt32(args.datum(0)));
    for (Micros& at : due) at = limit.put_off("", sent, at).value_or(at);
    return array_of(due);
  });
}

CALCOM_FUNCTION(calcom_why_too_old) {
  const Datum result = entry([&] {
    const Arguments args(fcinfo);
    const auto time = [&](int i) { return from_timestamptz(DatumGetTimestampTz(args.datum(i))); };
    const auto kind = mail_kind(args.text(0));
    const bool old = kind && too_old(*kind, time(1), DatumGetInt64(args.datum(2)), time(3));
    return old ? text_datum(kTooOld) : Datum{0};
  });
  fcinfo->isnull = result == 0;
  return result;
}
