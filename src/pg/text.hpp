// Between PostgreSQL's values and C++'s: text is UTF-8 in C++ and the server's encoding in a Datum; times are
// Unix microseconds in C++ and microseconds since 2000 in a Datum.
#pragma once

#include "core/base/value.hpp"
#include "pg/guard.hpp"

namespace calcom::pg {

inline constexpr Micros kPostgresEpoch = 946'684'800LL * kSecond;  // 2000-01-01 in Unix time

inline TimestampTz to_timestamptz(Micros at) {
  return at - kPostgresEpoch;
}
// An infinite time is one that no clock reaches, with room to reckon with it.
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

pg_uuid_t uuid_v7(Micros now);  // time-ordered, random tail from the server's strong random source
std::string uuid_string(const pg_uuid_t& uuid);

Micros now();  // the clock of the wall, not of the transaction

// Arguments of an SQL-callable function.
class Arguments {
 public:
  explicit Arguments(FunctionCallInfo fcinfo) : fcinfo_(fcinfo) {}
  bool is_null(int i) const { return fcinfo_->args[i].isnull; }
  Datum datum(int i) const { return fcinfo_->args[i].value; }
  std::string text(int i) const { return text_string(datum(i)); }    // not null
  std::string bytes(int i) const { return bytea_string(datum(i)); }  // not null
  std::optional<std::string> optional_text(int i) const;
  // SQLSTATE 22004 naming the argument when it is null.
  std::string required_text(int i, const char* name) const;

 private:
  FunctionCallInfo fcinfo_;
};

}  // namespace calcom::pg
