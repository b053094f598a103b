// See payload_reader.hpp.
#include "core/booking/payload_reader.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/base/timestamp.hpp"

namespace calcom {

void add_warning(std::vector<std::string>& warnings, std::string warning) {
  if (warnings.size() >= kMaxWarnings) return;
  if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end())  // a field may be read twice
    warnings.push_back(std::move(warning));
}

void PayloadReader::warn(std::string_view name, std::string_view what) {
  std::string path(base_);
  if (index_) path += "[" + std::to_string(*index_) + "]";
  if (!path.empty()) path += ".";
  path += name;
  if (!what.empty()) path += std::string(": ") += what;
  add_warning(*warnings_, std::move(path));
}

std::optional<JsonElement> PayloadReader::present(std::string_view name) const {
  const std::optional<JsonElement> element = fields_.get(name);
  return element && !element->is_null() ? element : std::nullopt;
}

bool PayloadReader::is_null(std::string_view name) const {
  const std::optional<JsonElement> element = fields_.get(name);
  return element && element->is_null();
}

std::optional<std::string_view> PayloadReader::present_text(std::string_view name) {
  const std::optional<JsonElement> element = present(name);
  if (!element) return std::nullopt;
  const std::optional<std::string_view> value = as_text(*element);
  if (!value) warn(name);
  return value;
}

std::optional<std::string> PayloadReader::text(std::string_view name, std::size_t max) {
  const std::optional<std::string_view> value = present_text(name);
  if (!value) return std::nullopt;
  const std::string_view cut = cut_utf8(*value, max);
  if (cut.size() < value->size()) warn(name, "cut to " + std::to_string(max) + " bytes");
  return std::string(cut);
}

std::optional<std::string> PayloadReader::id(std::string_view name) {
  const std::optional<std::string_view> value = present_text(name);
  if (!value || value->empty()) return std::nullopt;
  if (value->size() <= kMaxId) return std::string(*value);
  warn(name);
  return std::nullopt;
}

std::optional<std::string> PayloadReader::email(std::string_view name) {
  const std::optional<std::string_view> value = present_text(name);
  if (!value || trimmed(*value).empty()) return std::nullopt;
  std::string address = normal_email(*value);
  if (!address.empty()) return address;
  warn(name);
  return std::nullopt;
}

std::optional<std::string> PayloadReader::url(std::string_view name) {
  const std::optional<std::string_view> value = present_text(name);
  if (!value || value->empty()) return std::nullopt;
  if (value->size() <= kMaxUrl && is_http_url(*value)) return std::string(*value);
  warn(name);
  return std::nullopt;
}

namespace {

// What `convert` makes of a field that is there; a warning when it makes nothing.
template <typename Convert>
auto converted(PayloadReader& reader, std::string_view name, const std::optional<JsonElement>& element,
               Convert convert) -> decltype(convert(*element)) {
  if (!element) return std::nullopt;
  auto value = convert(*element);
  if (!value) reader.warn(name);
  return value;
}

}  // namespace

std::optional<std::int64_t> PayloadReader::bigint(std::string_view name) {
  return converted(*this, name, present(name), as_bigint);
}
std::optional<bool> PayloadReader::boolean(std::string_view name) {
  return converted(*this, name, present(name), as_bool);
}
std::optional<simdjson::dom::object> PayloadReader::object(std::string_view name) {
  return converted(*this, name, present(name), as_object);
}
std::optional<simdjson::dom::array> PayloadReader::array(std::string_view name) {
  return converted(*this, name, present(name), as_array);
}
std::optional<Micros> PayloadReader::time(std::string_view name) {
  return converted(*this, name, present(name), [](JsonElement element) -> std::optional<Micros> {
    const std::optional<std::string_view> text = as_text(element);
    return text ? parse_timestamp(*text) : std::nullopt;
  });
}

}  // namespace calcom
