// See form.hpp.
#include "proxy/http/form.hpp"

#include <algorithm>

#include "proxy/http/route.hpp"

namespace calcom::proxy {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Takes the next piece off the front.
std::string_view cut(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decoded(spaced);
}

}  // namespace

std::optional<std::string> form_value(std::string_view form, std::string_view name) {
  std::optional<std::string> found;
  while (!form.empty()) {
    std::string_view value = cut(form, '&');
    if (decoded(cut(value, '=')) != name) continue;
    if (found) return std::nullopt;
    found = decoded(value);
    if (!found) return std::nullopt;
  }
  return found;
}

std::optional<std::string> cookie_value(std::string_view header, std::string_view name) {
  std::optional<std::string> found;
  while (!header.empty()) {
    std::string_view value = cut(header, ';');
    if (trimmed(cut(value, '=')) != name) continue;
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
