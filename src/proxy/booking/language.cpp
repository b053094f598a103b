// RFC 9110, section 12.5.4. Malformed entries are skipped.
#include "proxy/booking/language.hpp"

#include <algorithm>

#include "core/base/text.hpp"

namespace calcom::proxy {
namespace {

constexpr std::size_t kMaxTags = 20;

// "q=0.8" in thousandths; 0 if not wanted or malformed.
int weight_of(std::string_view parameter) {
  if (parameter.empty()) return 1000;
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return 0;
  parameter.remove_prefix(2);
  if (parameter.starts_with('1')) return 1000;
  if (!parameter.starts_with("0.") || parameter.size() > 5) return 0;
  int weight = 0;
  int place = 100;
  for (const char digit : parameter.substr(2)) {
    if (digit < '0' || digit > '9') return 0;
    weight += (digit - '0') * place;
    place /= 10;
  }
  return weight;
}

std::string_view language_of(std::string_view tag) {
  return tag.substr(0, tag.find('-'));
}

std::size_t find(std::string_view tag, const std::vector<std::string>& offered) {
  const auto same = std::find(offered.begin(), offered.end(), tag);
  if (same != offered.end()) return static_cast<std::size_t>(same - offered.begin());
  const auto like = std::find_if(offered.begin(), offered.end(), [tag](const std::string& one) {
    return language_of(one) == language_of(tag);
  });
  return static_cast<std::size_t>(like - offered.begin());
}

}  // namespace

std::size_t preferred_language(std::string_view accepted, const std::vector<std::string>& offered) {
  std::size_t best = offered.size();
  int best_weight = 0;
  for (std::size_t wish = 0; wish < kMaxTags && !accepted.empty(); ++wish) {
    std::string_view rest = take_until(accepted, ',');
    const std::string tag = lower_ascii(trimmed(take_until(rest, ';')));
    const int weight = weight_of(trimmed(rest));
    const std::size_t place = find(tag, offered);
    if (weight <= best_weight || place == offered.size()) continue;
    best = place;
    best_weight = weight;
  }
  return best;
}

}  // namespace calcom::proxy
