// calcom_day: the calendar day of an instant in a time zone, for views. PostgreSQL's AT TIME ZONE raises an error for an
// unknown name, but the zones in the tables are as Cal.com sent them.
#include "pg/text.hpp"
#include "pg/time_zone.hpp"

extern "C" {
#include "utils/date.h"
}

using namespace calcom;
using namespace calcom::pg;

CALCOM_FUNCTION(calcom_day) {
  return nullable_entry(fcinfo, [&]() -> std::optional<Datum> {
    const Arguments args(fcinfo);
    const TimestampTz at = args.is_null(0) ? DT_NOEND : DatumGetTimestampTz(args.datum(0));
    if (TIMESTAMP_NOT_FINITE(at)) return std::nullopt;
    const ZonedTime local = zoned(from_timestamptz(at), args.optional_text(1).value_or(""));
    const Micros shifted = at + local.utc_offset_seconds * kSecond;
    const Micros day = shifted / kDay - (shifted % kDay < 0 ? 1 : 0);
    return DateADTGetDatum(static_cast<DateADT>(day));
  });
}
