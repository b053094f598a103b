// Bytes of a request become JSON. simdjson does the work; what it refuses although Cal.com may send it (lone
// surrogates, numbers beyond double, a proxy's byte order mark, broken UTF-8, deep nesting) is repaired by one
// pass over the bytes and parsed again, so that there is one parser and one set of rules. Whatever comes out
// is valid UTF-8 without U+0000 and nested at most kMaxJsonDepth deep.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/json_compose.hpp"

namespace calcom {

using JsonElement = simdjson::dom::element;

// Deeper parts are dropped (replaced by null). Far beyond any booking, far below what recursion
// over the result can bear.
inline constexpr std::size_t kMaxJsonDepth = 100;

// A parsed body; elements point into it.
class JsonDocument {
 public:
  // False when the bytes are not JSON, repaired or not.
  bool read(std::string_view bytes);
  [[nodiscard]] JsonElement root() const { return root_; }
  [[nodiscard]] bool repaired() const { return repaired_; }

 private:
  bool parse(std::string_view bytes);

  simdjson::dom::parser parser_;
  JsonElement root_;
  bool repaired_ = false;
};

// The fields of one object. Of a name that stands twice the last counts, as for JSON.parse in JavaScript and
// for jsonb. Lookup is linear: objects are small, and for the few names we ask a large one stays linear too.
class JsonFields {
 public:
  JsonFields() = default;
  explicit JsonFields(simdjson::dom::object object);
  [[nodiscard]] std::optional<JsonElement> get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }

 private:
  std::vector<std::pair<std::string_view, JsonElement>> fields_;
};

std::optional<std::string_view> as_text(JsonElement element);
std::optional<std::int64_t> as_bigint(JsonElement element);
std::optional<bool> as_bool(JsonElement element);
std::optional<simdjson::dom::object> as_object(JsonElement element);
std::optional<simdjson::dom::array> as_array(JsonElement element);

JsonValue compose_from(JsonElement element);

}  // namespace calcom
