// See json_compose.hpp. jansson reports only lack of memory here, because text is cleaned before it sees it.
#include "core/base/json_compose.hpp"

#include <jansson.h>

#include <cmath>
#include <new>
#include <utility>

namespace calcom {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Bytes of the well-formed UTF-8 sequence that `text` begins with (Unicode table 3-7); 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return text.size() >= 2 && tail(1) ? 2 : 0;
  if (text.size() < 3 || !tail(1) || !tail(2)) return 0;
  if (lead < 0xF0) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (text.size() < 4 || !tail(3)) return 0;
  const bool overlong = lead == 0xF0 && byte(1) < 0x90;
  const bool beyond = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || beyond ? 0 : 4;
}

// Bytes at the front that need no cleaning.
std::size_t clean_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = sequence_length(text.substr(at));
    if (length == 0 || text[at] == '\0') break;
    at += length;
  }
  return at;
}

json_t* string_node(std::string_view text) {
  if (is_clean_text(text)) return json_stringn_nocheck(text.data(), text.size());
  const std::string clean = clean_text(text);
  return json_stringn_nocheck(clean.data(), clean.size());
}

int append_to(const char* buffer, std::size_t size, void* data) noexcept {
  try {
    static_cast<std::string*>(data)->append(buffer, size);
  } catch (...) {  // an exception must not cross jansson's C frames
    return -1;
  }
  return 0;
}

}  // namespace

bool is_clean_text(std::string_view text) {
  return clean_prefix(text) == text.size();
}

std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t clean = clean_prefix(text);
    out += text.substr(0, clean);
    text.remove_prefix(clean);
    if (text.empty()) break;
    out += kReplacement;
    text.remove_prefix(1);
  }
  return out;
}

JsonValue::JsonValue(json_t* owned) : node_(owned) {
  if (node_ == nullptr) throw std::bad_alloc();
}
JsonValue::JsonValue(Null) : JsonValue(json_null()) {}
JsonValue::JsonValue(std::string_view text) : JsonValue(string_node(text)) {}
JsonValue::JsonValue(double value) : JsonValue(std::isfinite(value) ? json_real(value) : json_null()) {}
JsonValue JsonValue::of_bool(bool value) {
  return JsonValue(json_boolean(value));
}
JsonValue JsonValue::of_int(std::int64_t value) {
  return JsonValue(json_integer(value));
}

JsonValue::JsonValue(JsonValue&& other) noexcept : node_(other.release()) {}
JsonValue& JsonValue::operator=(JsonValue&& other) noexcept {
  std::swap(node_, other.node_);
  return *this;
}
JsonValue::~JsonValue() {
  json_decref(node_);
}

json_t* JsonValue::release() noexcept {
  return std::exchange(node_, nullptr);
}

std::string JsonValue::dump(KeyOrder order) const {
  std::string out;
  const std::size_t flags =
      JSON_COMPACT | JSON_ENCODE_ANY | (order == KeyOrder::kSorted ? std::size_t{JSON_SORT_KEYS} : 0U);
  if (json_dump_callback(node_, append_to, &out, flags) != 0) throw std::bad_alloc();
  return out;
}

JsonObject::JsonObject() : JsonValue(json_pack("{}")) {}

JsonObject& JsonObject::set(std::string_view key, JsonValue value) {
  std::string cleaned;
  if (!is_clean_text(key)) key = cleaned = clean_text(key);
  const int failed = json_object_setn_new_nocheck(node_, key.data(), key.size(), value.release());
  if (failed != 0) throw std::bad_alloc();
  return *this;
}

std::size_t JsonObject::size() const {
  return json_object_size(node_);
}

JsonArray::JsonArray() : JsonValue(json_array()) {}

JsonArray& JsonArray::push(JsonValue value) {
  if (json_array_append_new(node_, value.release()) != 0) throw std::bad_alloc();
  return *this;
}

std::size_t JsonArray::size() const {
  return json_array_size(node_);
}

}  // namespace calcom
