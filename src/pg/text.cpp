#include "pg/text.hpp"

#include <cstring>

namespace calcom::pg {

bool storable_timestamp(Micros at) {
  return IS_VALID_TIMESTAMP(to_timestamptz(at));
}

Datum text_datum(std::string_view utf8) {
  return call([=] {
    char* encoded = pg_any_to_server(utf8.data(), static_cast<int>(utf8.size()), PG_UTF8);
    const int length =
        encoded == utf8.data() ? static_cast<int>(utf8.size()) : static_cast<int>(strlen(encoded));
    return PointerGetDatum(cstring_to_text_with_len(encoded, length));
  });
}

Datum bytea_datum(std::string_view bytes) {
  return call([=] {
    auto* value = static_cast<bytea*>(palloc(VARHDRSZ + bytes.size()));
    SET_VARSIZE(value, VARHDRSZ + bytes.size());
    memcpy(VARDATA(value), bytes.data(), bytes.size());
    return PointerGetDatum(value);
  });
}

Datum uuid_datum(const pg_uuid_t& uuid) {
  return call([&] {
    auto* copy = static_cast<pg_uuid_t*>(palloc(sizeof(pg_uuid_t)));
    *copy = uuid;
    return UUIDPGetDatum(copy);
  });
}

namespace {
struct View {
  const char* data;
  std::size_t size;
};

View detoasted(Datum datum) {
  return call([=] {
    struct varlena* value =
        pg_detoast_datum_packed(reinterpret_cast<struct varlena*>(DatumGetPointer(datum)));
    return View{VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
  });
}
}  // namespace

std::string text_string(Datum text) {
  const View raw = detoasted(text);
  const View utf8 = call([=] {
    char* converted = pg_server_to_any(raw.data, static_cast<int>(raw.size), PG_UTF8);
    return converted == raw.data ? raw : View{converted, strlen(converted)};
  });
  return {utf8.data, utf8.size};
}

std::string bytea_string(Datum bytea) {
  const View raw = detoasted(bytea);
  return {raw.data, raw.size};
}

pg_uuid_t uuid_v7(Micros now) {
  pg_uuid_t uuid;
  if (!pg_strong_random(uuid.data, UUID_LEN))
    throw SqlError{ERRCODE_INTERNAL_ERROR, "could not generate random values"};
  const auto millis = static_cast<std::uint64_t>(now / 1000);
  for (int i = 0; i < 6; ++i) uuid.data[i] = static_cast<unsigned char>(millis >> (40 - 8 * i));
  // RFC 9562: 12 bits of sub-millisecond time behind the version keep one backend's ids in order.
  const auto fraction = static_cast<unsigned>((now % 1000) * 4096 / 1000);
  uuid.data[6] = static_cast<unsigned char>(0x70 | (fraction >> 8));
  uuid.data[7] = static_cast<unsigned char>(fraction);
  uuid.data[8] = static_cast<unsigned char>(0x80 | (uuid.data[8] & 0x3F));
  return uuid;
}

std::string uuid_string(const pg_uuid_t& uuid) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (int i = 0; i < UUID_LEN; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[uuid.data[i] >> 4];
    text += kHex[uuid.data[i] & 15];
  }
  return text;
}

Micros now() {
  return from_timestamptz(GetCurrentTimestamp());
}

std::optional<std::string> Arguments::optional_text(int i) const {
  if (is_null(i)) return std::nullopt;
  return text(i);
}

void Arguments::require(int i, const char* name) const {
  if (is_null(i)) throw SqlError{ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string(name) + " must not be null"};
}

std::string Arguments::required_text(int i, const char* name) const {
  require(i, name);
  return text(i);
}

}  // namespace calcom::pg
