// See locale_fill.hpp.
#include "core/mail/locale_fill.hpp"

#include <algorithm>

namespace calcom {

std::string fill(std::string_view pattern, Places places) {
  std::string out;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    const std::size_t close = open == std::string_view::npos ? open : pattern.find('}', open);
    if (close == std::string_view::npos) break;
    out += pattern.substr(0, open);
    const std::string_view name = pattern.substr(open + 1, close - open - 1);
    const auto* const place =
        std::find_if(places.begin(), places.end(), [&](const auto& one) { return one.first == name; });
    out += place == places.end() ? pattern.substr(open, close + 1 - open) : place->second;
    pattern.remove_prefix(close + 1);
  }
  out += pattern;
  return out;
}

}  // namespace calcom
