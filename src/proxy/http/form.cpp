// Queries, forms and cookies share one loop: take a pair, compare its name, refuse a second one.
#include "proxy/http/form.hpp"

#include <algorithm>

#include "core/base/escape.hpp"
#include "core/base/text.hpp"

namespace calcom::proxy {
namespace {

std::optional<std::string> decoded(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decoded(spaced);
}

}  // namespace

std::optional<std::string> form_value(std::string_view form, std::string_view name) {
  std::optional<std::string> found;
  while (!form.empty()) {
    std::string_view value = take_until(form, '&');
    if (decoded(take_until(value, '=')) != name) continue;
    if (found) return std::nullopt;
    found = decoded(value);
    if (!found) return std::nullopt;
  }
  return found;
}

std::optional<std::string> cookie_value(std::string_view header, std::string_view name) {
  std::optional<std::string> found;
  while (!header.empty()) {
    std::string_view value = take_until(header, ';');
    if (trimmed(take_until(value, '=')) != name) continue;
    if (found) return std::nullopt;
    found = trimmed(value);
  }
  return found;
}

bool is_plain_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace calcom::proxy
