// See json_read.hpp.
#include "core/base/json_read.hpp"

#include <new>

#include "core/base/json_repair.hpp"

namespace calcom {

namespace {

// simdjson takes U+0000 in strings, PostgreSQL does not. (`\\u0000`, a backslash and text, is found too; the
// repair pass then changes nothing.)
bool mentions_nul(std::string_view bytes) {
  return bytes.find("\\u0000") != std::string_view::npos;
}

}  // namespace

bool JsonDocument::parse(std::string_view bytes) {
  if (bytes.empty()) return false;
  // One level more: simdjson counts the contents of the innermost container as a level.
  if (parser_.allocate(bytes.size(), kMaxJsonDepth + 1) == simdjson::MEMALLOC) throw std::bad_alloc();
  const auto error = parser_.parse(bytes.data(), bytes.size(), true).get(root_);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  return error == simdjson::SUCCESS;
}

bool JsonDocument::read(std::string_view bytes) {
  if (!mentions_nul(bytes) && parse(bytes)) return true;
  const std::string repaired = repair_json(bytes, kMaxJsonDepth);
  repaired_ = repaired != bytes;
  return parse(repaired);  // simdjson copies what it needs: the text may go
}

JsonFields::JsonFields(simdjson::dom::object object) {
  fields_.reserve(object.size());
  for (const auto field : object) fields_.emplace_back(field.key, field.value);
}

std::optional<JsonElement> JsonFields::get(std::string_view name) const {
  for (auto field = fields_.rbegin(); field != fields_.rend(); ++field)
    if (field->first == name) return field->second;
  return std::nullopt;
}

namespace {

template <typename Out>
std::optional<Out> as(JsonElement element) {
  Out out;
  if (element.get<Out>().get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::string_view> as_text(JsonElement element) {
  return as<std::string_view>(element);
}
std::optional<std::int64_t> as_bigint(JsonElement element) {
  return as<std::int64_t>(element);
}
std::optional<bool> as_bool(JsonElement element) {
  return as<bool>(element);
}
std::optional<simdjson::dom::object> as_object(JsonElement element) {
  return as<simdjson::dom::object>(element);
}
std::optional<simdjson::dom::array> as_array(JsonElement element) {
  return as<simdjson::dom::array>(element);
}

JsonValue compose_from(JsonElement element) {
  using simdjson::dom::element_type;
  switch (element.type()) {
    case element_type::OBJECT: {
      JsonObject out;
      for (const auto field : simdjson::dom::object(element)) out.set(field.key, compose_from(field.value));
      return out;
    }
    case element_type::ARRAY: {
      JsonArray out;
      for (const JsonElement item : simdjson::dom::array(element)) out.push(compose_from(item));
      return out;
    }
    case element_type::STRING:
      return JsonValue(std::string_view(element));
    case element_type::INT64:
      return JsonValue(std::int64_t{element});
    case element_type::UINT64:  // beyond jansson's integers: kept to the digit, as text
      return JsonValue(std::to_string(std::uint64_t{element}));
    case element_type::DOUBLE:
      return JsonValue(double{element});
    case element_type::BOOL:
      return JsonValue(bool{element});
    case element_type::NULL_VALUE:
      break;
  }
  return JsonValue(Null{});
}

}  // namespace calcom
