// See payload_responses.hpp.
#include "core/booking/payload_responses.hpp"

namespace calcom {

namespace {

// Unanswered questions come without a value, or with an empty one once Cal.com has read them back.
bool is_answer(const std::optional<JsonElement>& value) {
  if (!value || value->is_null()) return false;
  if (const auto text = as_text(*value)) return !text->empty();
  if (const auto list = as_array(*value)) return list->size() != 0;
  return true;
}

struct Answer {
  std::string_view label;
  JsonElement value;
};

// nullopt for what is hidden or unanswered. An entry that is no object is its own value.
std::optional<Answer> answer_of(std::string_view field, JsonElement entry) {
  const std::optional<simdjson::dom::object> object = as_object(entry);
  if (!object) return is_answer(entry) ? std::optional(Answer{field, entry}) : std::nullopt;
  const JsonFields fields(*object);
  const std::optional<JsonElement> hidden = fields.get("isHidden");
  if (hidden && as_bool(*hidden).value_or(false)) return std::nullopt;
  const std::optional<JsonElement> value = fields.get("value");
  if (!is_answer(value)) return std::nullopt;
  const std::optional<JsonElement> label = fields.get("label");
  return Answer{label ? as_text(*label).value_or(field) : field, *value};
}

}  // namespace

std::string simplified_responses(simdjson::dom::object responses) {
  JsonObject out;
  for (const auto field : responses) {
    const std::optional<Answer> answer = answer_of(field.key, field.value);
    if (!answer) continue;
    JsonObject entry;
    entry.set("label", answer->label).set("value", compose_from(answer->value));
    out.set(field.key, std::move(entry));
  }
  return out.dump();
}

std::optional<std::string> answer_text(simdjson::dom::object responses, std::string_view field) {
  const std::optional<JsonElement> entry = JsonFields(responses).get(field);
  const std::optional<Answer> answer = entry ? answer_of(field, *entry) : std::nullopt;
  const std::optional<std::string_view> text = answer ? as_text(answer->value) : std::nullopt;
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace calcom
