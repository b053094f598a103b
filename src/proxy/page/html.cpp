// Templates are files of this project, so a mark that is not closed is copied unchanged and becomes visible.
#include "proxy/page/html.hpp"

#include <algorithm>

#include "core/base/escape.hpp"
#include "proxy/page/assets.hpp"

namespace calcom::proxy {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kRaw = "raw:";
constexpr std::string_view kAsset = "asset:";

class Filler {
 public:
  explicit Filler(const std::vector<Placeholder>& values) : values_(values) {}

  std::string fill(std::string_view text) const {
    std::string out;
    for (;;) {
      const auto open = text.find(kOpen);
      const auto close = text.find(kClose, open == std::string_view::npos ? open : open + kOpen.size());
      if (close == std::string_view::npos) return out.append(text);
      out.append(text.substr(0, open));
      const std::string_view mark = text.substr(open + kOpen.size(), close - open - kOpen.size());
      text.remove_prefix(close + kClose.size());
      if (mark.starts_with('#') || mark.starts_with('^')) {
        out += section(mark, text);
      } else {
        out += single(mark);
      }
    }
  }

 private:
  std::string_view value(std::string_view name) const {
    const auto found = std::find_if(values_.begin(), values_.end(),
                                    [name](const Placeholder& given) { return given.name == name; });
    return found == values_.end() ? std::string_view() : std::string_view(found->value);
  }

  std::string single(std::string_view mark) const {
    if (mark.starts_with(kRaw)) return std::string(value(mark.substr(kRaw.size())));
    if (mark.starts_with(kAsset)) return html_escape(asset_url(mark.substr(kAsset.size())));
    return html_escape(value(mark));
  }

  // text begins after the opening mark; afterwards it begins after the closing one.
  std::string section(std::string_view mark, std::string_view& text) const {
    const std::string_view name = mark.substr(1);
    const std::string end = "{{/" + std::string(name) + "}}";
    const auto at = text.find(end);
    const std::string_view inside = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
    return value(name).empty() == (mark.front() == '^') ? fill(inside) : std::string();
  }

  const std::vector<Placeholder>& values_;
};

}  // namespace

std::string fill_template(std::string_view text, const std::vector<Placeholder>& values) {
  return Filler(values).fill(text);
}

}  // namespace calcom::proxy
