// SQL from C++: one Spi per entry point or worker transaction, statements planned once per backend and kept.
// "@extschema@." in a statement becomes the extension's schema, quoted; every other name must be qualified,
// too.
#pragma once

#include "pg/text.hpp"

namespace calcom::pg {

// The schema of the data tables and of the functions that users call: the one that CREATE EXTENSION named. Internal
// functions are in calcom_internal.
struct Schema {
  Oid oid = InvalidOid;
  std::string quoted;  // quote_identifier'd
};
Schema data_schema();  // cached in the backend; raises 42704 when the extension is not installed
std::optional<Schema>
schema_of_extension();  // reads pg_extension; needs a transaction; nullopt: not installed

// A statement and its kept plan. Use as a function-local `static constinit Statement`: trivial, per backend.
struct Statement {
  const char* sql;
  SPIPlanPtr plan = nullptr;
  Oid schema = InvalidOid;
};

// Arguments of one execution, in order of $1, $2, …
class Params {
 public:
  Params& text(std::string_view value) { return add(TEXTOID, text_datum(value)); }
  Params& text_or_null(std::string_view value) { return value.empty() ? null(TEXTOID) : text(value); }
  Params& text_optional(const std::optional<std::string>& value) {
    return value ? text(*value) : null(TEXTOID);
  }
  Params& bytes(std::string_view value) { return add(BYTEAOID, bytea_datum(value)); }
  Params& int8(std::int64_t value) { return add(INT8OID, Int64GetDatum(value)); }
  Params& int4(std::int32_t value) { return add(INT4OID, Int32GetDatum(value)); }
  Params& boolean(bool value) { return add(BOOLOID, BoolGetDatum(value)); }
  Params& interval(Datum value) { return add(INTERVALOID, value); }
  Params& uuid(const pg_uuid_t& value) { return add(UUIDOID, uuid_datum(value)); }
  Params& time(Micros value) { return add(TIMESTAMPTZOID, TimestampTzGetDatum(to_timestamptz(value))); }
  Params& time_optional(std::optional<Micros> value) { return value ? time(*value) : null(TIMESTAMPTZOID); }
  Params& jsonb(std::string_view json);                              // parsed by the server
  Params& texts(const std::vector<std::string>& values);             // text[]; no nulls
  Params& texts_or_null(const std::vector<std::string>& values);     // text[]; "" becomes null
  Params& uuids(const std::vector<pg_uuid_t>& values);               // uuid[]
  Params& times(const std::vector<std::optional<Micros>>& values);   // timestamptz[]
  Params& booleans(const std::vector<std::optional<bool>>& values);  // boolean[]
  Params& int8s(const std::vector<std::int64_t>& values);            // bigint[]
  Params& add(Oid type, Datum value);
  Params& null(Oid type);

 private:
  friend class Spi;
  Params& array(Oid array_type, Oid element, std::vector<Datum>& values, const std::vector<char>& nulls);
  std::vector<Oid> types_;
  std::vector<Datum> values_;
  std::vector<char> nulls_;
};

// Rows of one execution; valid until the Spi ends. Columns count from 1.
class Rows {
 public:
  std::uint64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::uint64_t affected() const { return affected_; }
  bool is_null(std::uint64_t row, int column) const;
  std::string text(std::uint64_t row, int column) const;  // "" for null
  std::string bytes(std::uint64_t row, int column) const;
  std::int64_t int8(std::uint64_t row, int column) const;  // of a bigint column; 0 for null
  std::int32_t int4(std::uint64_t row, int column) const;
  std::vector<std::int64_t> int8s(std::uint64_t row, int column) const;  // of a bigint[] without nulls
  bool boolean(std::uint64_t row, int column) const;                     // false for null
  pg_uuid_t uuid(std::uint64_t row, int column) const;
  std::optional<Micros> time(std::uint64_t row, int column) const;

 private:
  friend class Spi;
  Datum datum(std::uint64_t row, int column, bool* null) const;
  SPITupleTable* table_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t affected_ = 0;
};

// kSnapshot: everything is read as it stood when the calling statement began, and nothing can be written.
enum class Access : bool { kReadWrite, kSnapshot };

class Spi {
 public:
  explicit Spi(Schema schema, Access access = Access::kReadWrite);  // SPI_connect
  ~Spi();  // SPI_finish, but not while an error is on its way: abort cleans up then
  Spi(const Spi&) = delete;
  Spi& operator=(const Spi&) = delete;

  Rows run(Statement& statement, const Params& params = {});     // may write
  Rows once(const std::string& sql, const Params& params = {});  // not kept: for SQL made at run time
  const Schema& schema() const { return schema_; }
  // "@extschema@" replaced.
  std::string resolve(std::string_view sql) const;

 private:
  Rows execute(SPIPlanPtr plan, const Params& params);
  SPIPlanPtr prepare(const std::string& sql, const Params& params, bool keep);
  Schema schema_;
  Access access_;
  int exceptions_;
};

}  // namespace calcom::pg
