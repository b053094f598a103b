#include "pg/spi.hpp"

extern "C" {
#include "access/genam.h"
#include "access/table.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
}

namespace calcom::pg {

namespace {

std::string quoted_namespace(Oid oid) {
  const char* quoted = call([=]() -> const char* {
    const char* name = get_namespace_name(oid);
    return name == nullptr ? nullptr : quote_identifier(name);
  });
  if (quoted == nullptr) throw SqlError{ERRCODE_UNDEFINED_SCHEMA, "the extension's schema is gone"};
  return quoted;
}

// SPI reports misuse by a negative code: always a bug of the extension.
void check(int code, const char* what) {
  if (code < 0)
    throw SqlError{ERRCODE_INTERNAL_ERROR, std::string(what) + " failed: " + SPI_result_code_string(code)};
}

}  // namespace

namespace {

// The data schema of this backend's database. DROP EXTENSION and ALTER SCHEMA RENAME invalidate it: both change rows of
// pg_proc or pg_namespace, and pg_extension itself has no cache whose invalidation could be heard.
struct CachedSchema {
  bool registered = false;
  bool valid = false;
  Oid oid = InvalidOid;
  char quoted[2 * NAMEDATALEN + 3] = {};
};
constinit CachedSchema cached_schema;

void forget_schema(Datum, int, uint32) {
  cached_schema.valid = false;
}

}  // namespace

Schema data_schema() {
  if (!cached_schema.registered) {
    call([] {
      CacheRegisterSyscacheCallback(PROCOID, forget_schema, static_cast<Datum>(0));
      CacheRegisterSyscacheCallback(NAMESPACEOID, forget_schema, static_cast<Datum>(0));
    });
    cached_schema.registered = true;
  }
  if (cached_schema.valid) return {cached_schema.oid, cached_schema.quoted};
  cached_schema.valid = true;  // before the look-up: an invalidation that arrives during it must win
  const auto found = schema_of_extension();
  if (!found) {
    cached_schema.valid = false;
    throw SqlError{ERRCODE_UNDEFINED_OBJECT, "extension calcom is not installed in this database", "",
                   "Run: CREATE EXTENSION calcom;"};
  }
  cached_schema.oid = found->oid;
  strlcpy(cached_schema.quoted, found->quoted.c_str(), sizeof cached_schema.quoted);
  return *found;
}

std::optional<Schema> schema_of_extension() {
  const Oid oid = call([] {
    Oid found = InvalidOid;
    const Oid extension = get_extension_oid("calcom", true);
    if (!OidIsValid(extension)) return found;
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(extension));
    Relation catalog = table_open(ExtensionRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, ExtensionOidIndexId, true, nullptr, 1, &key);
    HeapTuple tuple = systable_getnext(scan);
    if (HeapTupleIsValid(tuple)) found = reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->extnamespace;
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
    return found;
  });
  if (!OidIsValid(oid)) return std::nullopt;
  return Schema{oid, quoted_namespace(oid)};
}

Params& Params::add(Oid type, Datum value) {
  types_.push_back(type);
  values_.push_back(value);
  nulls_.push_back(' ');
  return *this;
}

Params& Params::null(Oid type) {
  types_.push_back(type);
  values_.push_back(static_cast<Datum>(0));
  nulls_.push_back('n');
  return *this;
}

Params& Params::jsonb(std::string_view json) {
  const Datum source = text_datum(json);
  return add(JSONBOID, call([=] {
               return DirectFunctionCall1(
                   jsonb_in, CStringGetDatum(text_to_cstring(reinterpret_cast<const varlena*>(source))));
             }));
}

Params& Params::array(Oid array_type, Oid element, std::vector<Datum>& values,
                      const std::vector<char>& nulls) {
  std::unique_ptr<bool[]> is_null(new bool[values.size() + 1]);
  for (std::size_t i = 0; i < values.size(); ++i) is_null[i] = nulls[i] != 0;
  bool* flags = is_null.get();
  Datum* data = values.data();
  const int count = static_cast<int>(values.size());
  return add(array_type, call([=] {
               int16 length;
               bool by_value;
               char align;
               int dimensions[1] = {count};
               int lower[1] = {1};
               get_typlenbyvalalign(element, &length, &by_value, &align);
               if (count == 0) return PointerGetDatum(construct_empty_array(element));
               return PointerGetDatum(
                   construct_md_array(data, flags, 1, dimensions, lower, element, length, by_value, align));
             }));
}

namespace {
struct ArrayCells {
  std::vector<Datum> values;
  std::vector<char> nulls;
  void add(Datum value) {
    values.push_back(value);
    nulls.push_back(0);
  }
  void null() {
    values.push_back(static_cast<Datum>(0));
    nulls.push_back(1);
  }
};
}  // namespace

Params& Params::texts(const std::vector<std::string>& values) {
  ArrayCells cells;
  for (const auto& value : values) cells.add(text_datum(value));
  return array(TEXTARRAYOID, TEXTOID, cells.values, cells.nulls);
}

Params& Params::texts_or_null(const std::vector<std::string>& values) {
  ArrayCells cells;
  for (const auto& value : values) value.empty() ? cells.null() : cells.add(text_datum(value));
  return array(TEXTARRAYOID, TEXTOID, cells.values, cells.nulls);
}

Params& Params::uuids(const std::vector<pg_uuid_t>& values) {
  ArrayCells cells;
  for (const auto& value : values) cells.add(uuid_datum(value));
  return array(UUIDARRAYOID, UUIDOID, cells.values, cells.nulls);
}

Params& Params::times(const std::vector<std::optional<Micros>>& values) {
  ArrayCells cells;
  for (const auto& value : values)
    value ? cells.add(TimestampTzGetDatum(to_timestamptz(*value))) : cells.null();
  return array(TIMESTAMPTZARRAYOID, TIMESTAMPTZOID, cells.values, cells.nulls);
}

Params& Params::booleans(const std::vector<std::optional<bool>>& values) {
  ArrayCells cells;
  for (const auto& value : values) value ? cells.add(BoolGetDatum(*value)) : cells.null();
  return array(BOOLARRAYOID, BOOLOID, cells.values, cells.nulls);
}

Params& Params::int8s(const std::vector<std::int64_t>& values) {
  ArrayCells cells;
  for (const auto value : values) cells.add(Int64GetDatum(value));
  return array(INT8ARRAYOID, INT8OID, cells.values, cells.nulls);
}

Datum Rows::datum(std::uint64_t row, int column, bool* null) const {
  SPITupleTable* table = table_;
  return call([=] { return SPI_getbinval(table->vals[row], table->tupdesc, column, null); });
}

bool Rows::is_null(std::uint64_t row, int column) const {
  bool null = true;
  datum(row, column, &null);
  return null;
}

std::string Rows::text(std::uint64_t row, int column) const {
  bool null = true;
  const Datum value = datum(row, column, &null);
  return null ? std::string() : text_string(value);
}

std::string Rows::bytes(std::uint64_t row, int column) const {
  bool null = true;
  const Datum value = datum(row, column, &null);
  return null ? std::string() : bytea_string(value);
}

std::int64_t Rows::int8(std::uint64_t row, int column) const {
  bool null = true;
  const Datum value = datum(row, column, &null);
  return null ? 0 : DatumGetInt64(value);
}

std::int32_t Rows::int4(std::uint64_t row, int column) const {
  bool null = true;
  const Datum value = datum(row, column, &null);
  return null ? 0 : DatumGetInt32(value);
}

std::vector<std::int64_t> Rows::int8s(std::uint64_t row, int column) const {
  bool null = true;
  const Datum value = datum(row, column, &null);
  if (null) return {};
  struct {
    Datum* items;
    bool* nulls;
    int count;
  } list{};
  call([&] {
    deconstruct_array(DatumGetArrayTypeP(value), INT8OID, sizeof(std::int64_t), FLOAT8PASSBYVAL,
                      TYPALIGN_DOUBLE, &list.items, &list.nulls, &list.count);
  });
  std::vector<std::int64_t> values;
  values.reserve(static_cast<std::size_t>(list.count));
  for (int i = 0; i < list.count; ++i) values.push_back(DatumGetInt64(list.items[i]));
  return values;
}

bool Rows::boolean(std::uint64_t row, int column) const {
  bool null = true;
  const Datum value = datum(row, column, &null);
  return !null && DatumGetBool(value);
}

pg_uuid_t Rows::uuid(std::uint64_t row, int column) const {
  bool null = true;
  const Datum value = datum(row, column, &null);
  return null ? pg_uuid_t{} : *DatumGetUUIDP(value);
}

std::optional<Micros> Rows::time(std::uint64_t row, int column) const {
  bool null = true;
  const Datum value = datum(row, column, &null);
  if (null) return std::nullopt;
  return from_timestamptz(DatumGetTimestampTz(value));
}

Spi::Spi(Schema schema, Access access)
    : schema_(std::move(schema)), access_(access), exceptions_(std::uncaught_exceptions()) {
  check(call([] { return SPI_connect(); }), "SPI_connect");
}

Spi::~Spi() {
  if (std::uncaught_exceptions() == exceptions_) SPI_finish();
}

std::string Spi::resolve(std::string_view sql) const {
  static constexpr std::string_view kMark = "@extschema@";
  std::string out;
  for (std::size_t at = 0;;) {
    const std::size_t mark = sql.find(kMark, at);
    out.append(sql.substr(at, mark - at));
    if (mark == std::string_view::npos) return out;
    out += schema_.quoted;
    at = mark + kMark.size();
  }
}

SPIPlanPtr Spi::prepare(const std::string& sql, const Params& params, bool keep) {
  const char* text = sql.c_str();
  const int count = static_cast<int>(params.types_.size());
  auto* types = const_cast<Oid*>(params.types_.data());
  // Planned once for all arguments: every kept statement looks rows up by key.
  const int options = keep ? CURSOR_OPT_GENERIC_PLAN : 0;
  SPIPlanPtr plan = call([=] { return SPI_prepare_cursor(text, count, types, options); });
  if (plan == nullptr) check(SPI_result, "SPI_prepare");
  if (keep) check(call([=] { return SPI_keepplan(plan); }), "SPI_keepplan");
  return plan;
}

Rows Spi::execute(SPIPlanPtr plan, const Params& params) {
  auto* values = const_cast<Datum*>(params.values_.data());
  const char* nulls = params.nulls_.data();
  const bool read_only = access_ == Access::kSnapshot;
  check(call([=] { return SPI_execute_plan(plan, values, nulls, read_only, 0); }), "SPI_execute_plan");
  Rows rows;
  rows.affected_ = SPI_processed;
  rows.table_ = SPI_tuptable;
  rows.size_ = SPI_tuptable != nullptr ? SPI_tuptable->numvals : 0;
  return rows;
}

Rows Spi::run(Statement& statement, const Params& params) {
  if (statement.plan == nullptr || statement.schema != schema_.oid) {
    SPIPlanPtr stale = statement.plan;
    statement.plan = nullptr;
    if (stale != nullptr) call([=] { SPI_freeplan(stale); });
    statement.plan = prepare(resolve(statement.sql), params, true);
    statement.schema = schema_.oid;
  }
  return execute(statement.plan, params);
}

Rows Spi::once(const std::string& sql, const Params& params) {
  return execute(prepare(resolve(sql), params, false), params);
}

}  // namespace calcom::pg
