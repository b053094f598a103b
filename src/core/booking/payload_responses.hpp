// The booker's answers: { field: { label, value } } without what was hidden from the booker or left empty.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/json_read.hpp"

namespace calcom {

std::string simplified_responses(simdjson::dom::object responses);  // compact JSON
std::optional<std::string> answer_text(simdjson::dom::object responses, std::string_view field);

}  // namespace calcom
