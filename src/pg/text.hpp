// Conversion between PostgreSQL's and C++'s values. Text is UTF-8 in C++ and in the server encoding in a Datum. Times are
// Unix microseconds in C++ and microseconds since 2000 in a Datum.
#pragma once

#include "core/base/value.hpp"
#include "pg/guard.hpp"

namespace calcom::pg {

inline constexpr Micros kPostgresEpoch = 946'684'800LL * kSecond;  // 2000-01-01 in Unix time

inline TimestampTz to_timestamptz(Micros at) {
  return at - kPostgresEpoch;
}
// An infinite time becomes one that no clock reaches; adding an interval to it does not overflow.
inline Micros from_timestamptz(TimestampTz at) {
  constexpr Micros kNeverReached = INT64_MAX / 2;
  if (TIMESTAMP_NOT_FINITE(at)) return TIMESTAMP_IS_NOBEGIN(at) ? -kNeverReached : kNeverReached;
  return at + kPostgresEpoch;
}
bool storable_timestamp(Micros at);  // false outside PostgreSQL's range

Datum text_datum(std::string_view utf8);  // palloc'd; raises when the server encoding cannot hold it
Datum bytea_datum(std::string_view bytes);
Datum uuid_datum(const pg_uuid_t& uuid);

std::string text_string(Datum text);  // detoasted, UTF-8
std::string bytea_string(Datum bytea);

pg_uuid_t uuid_v7(Micros now);  // ordered by time; the random part is from pg_strong_random
std::string uuid_string(const pg_uuid_t& uuid);

Micros now();  // like clock_timestamp()

// Arguments of an SQL-callable function. Those without "or", "optional" or "required" must not be null.
class Arguments {
 public:
  explicit Arguments(FunctionCallInfo fcinfo) : fcinfo_(fcinfo) {}
  bool is_null(int i) const { return fcinfo_->args[i].isnull; }
  Datum datum(int i) const { return fcinfo_->args[i].value; }
  std::string text(int i) const { return text_string(datum(i)); }
  std::string bytes(int i) const { return bytea_string(datum(i)); }
  pg_uuid_t uuid(int i) const { return *DatumGetUUIDP(datum(i)); }
  Micros time(int i) const { return from_timestamptz(DatumGetTimestampTz(datum(i))); }
  std::int32_t int4_or(int i, std::int32_t value) const {
    return is_null(i) ? value : DatumGetInt32(datum(i));
  }
  bool boolean_or(int i, bool value) const { return is_null(i) ? value : DatumGetBool(datum(i)); }
  std::optional<std::string> optional_text(int i) const;
  // Raises SQLSTATE 22004 with the argument's name if it is null.
  void require(int i, const char* name) const;
  std::string required_text(int i, const char* name) const;

 private:
  FunctionCallInfo fcinfo_;
};

}  // namespace calcom::pg
