// The only door to jansson. Two rules are kept here so that nobody has to remember them: objects are made by
// json_pack, because postgres exports a function named json_object and a call to jansson's would end the
// backend; and whatever text comes in, what goes out is accepted by PostgreSQL's text and jsonb. jansson.h is
// not included here, as it cannot share a translation unit with PostgreSQL's headers.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/value.hpp"

struct json_t;

namespace calcom {

// Each byte that is not part of valid UTF-8 becomes U+FFFD, and so does U+0000.
std::string clean_text(std::string_view text);
bool is_clean_text(std::string_view text);  // clean_text would change nothing

enum class KeyOrder : std::uint8_t { kInserted, kSorted };

// One value on its way into an object or array; holds one reference of jansson's.
class JsonValue {
 public:
  JsonValue(Null);
  JsonValue(std::string_view text);
  JsonValue(const std::string& text) : JsonValue(std::string_view(text)) {}
  JsonValue(const char* text) : JsonValue(std::string_view(text)) {}
  JsonValue(std::same_as<bool> auto value) : JsonValue(of_bool(value)) {}
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char> && sizeof(T) <= sizeof(std::int64_t))
      JsonValue(T value)
      : JsonValue(of_int(static_cast<std::int64_t>(value))) {}
  JsonValue(double value);  // not finite becomes null

  JsonValue(JsonValue&& other) noexcept;
  JsonValue& operator=(JsonValue&& other) noexcept;
  JsonValue(const JsonValue&) = delete;
  JsonValue& operator=(const JsonValue&) = delete;
  ~JsonValue();

  // Compact JSON text.
  [[nodiscard]] std::string dump(KeyOrder order = KeyOrder::kInserted) const;

 private:
  friend class JsonObject;
  friend class JsonArray;
  explicit JsonValue(json_t* owned);  // throws std::bad_alloc when there is none
  static JsonValue of_bool(bool value);
  static JsonValue of_int(std::int64_t value);
  json_t* release() noexcept;

  json_t* node_;
};

class JsonObject : public JsonValue {
 public:
  JsonObject();
  // A key that is there already gets the new value and keeps its place.
  JsonObject& set(std::string_view key, JsonValue value);
  [[nodiscard]] std::size_t size() const;
};

class JsonArray : public JsonValue {
 public:
  JsonArray();
  JsonArray& push(JsonValue value);
  [[nodiscard]] std::size_t size() const;
};

}  // namespace calcom
