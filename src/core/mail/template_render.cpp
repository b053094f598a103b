// Nodes and values to text. Every value passes escaped() and nothing else writes one.
#include "core/base/escape.hpp"
#include "core/mail/template.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxSubject = 300;  // characters

std::string with_breaks(std::string_view text, std::string_view line_break) {
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += line_break;
    else
      out += c;
  }
  return out;
}

// The blanks that the last line of `out` begins with: further lines of a value stand below its first, so that
// nothing typed by a stranger can pass for a line of the template.
std::string indent_of(const std::string& out) {
  const std::size_t start = out.rfind('\n') + 1;  // npos + 1 is 0
  const std::size_t end = out.find_first_not_of(' ', start);
  return "\n" + out.substr(start, (end == std::string::npos ? out.size() : end) - start);
}

std::string mail_address(std::string_view value) {
  constexpr std::string_view kScheme = "mailto:";
  if (ascii_lower(value.substr(0, kScheme.size())) != kScheme) return {};
  std::string out(kScheme);
  for (const char c : value.substr(kScheme.size())) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '<' || c == '>' || c == '\\') return {};
    out += c;
  }
  return out;
}

std::string escaped_url(std::string_view value) {
  std::string url = safe_url(value);
  if (url.empty()) url = mail_address(value);
  return url.empty() ? "#" : html_escape(url);
}

std::string escaped(Escape escape, std::string_view value, const std::string& out) {
  switch (escape) {
    case Escape::kSubject:
      return with_breaks(value, " ");
    case Escape::kPlain:
      return with_breaks(several_lines(value, kMaxRendered), indent_of(out));
    case Escape::kHtmlText:
      return with_breaks(html_escape(value), "<br>");
    case Escape::kHtmlWords:
      return with_breaks(html_escape(value), " ");
    case Escape::kUrlWhole:
      return escaped_url(value);
    case Escape::kUrlPiece:
      return path_encode(value);
  }
  return {};
}

class Renderer {
 public:
  explicit Renderer(const TemplateModel& model) : model_(model) {}

  bool nodes(const std::vector<TemplateNode>& list) {
    for (const TemplateNode& node : list)
      if (!one(node) || out_.size() > kMaxRendered) return false;
    return true;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string_view value_of(const std::string& path) const {
    if (item_ != nullptr)
      if (const auto found = item_->find(path); found != item_->end()) return found->second;
    const auto found = model_.values.find(path);
    return found == model_.values.end() ? std::string_view() : found->second;
  }

  const std::vector<TemplateValues>* list_of(const std::string& path) const {
    const auto found = model_.lists.find(path);
    return found == model_.lists.end() ? nullptr : &found->second;
  }

  bool holds(const std::string& path) const {
    const auto* list = list_of(path);
    return list != nullptr ? !list->empty() : !value_of(path).empty();
  }

  bool one(const TemplateNode& node) {
    switch (node.type) {
      case TemplateNode::Type::kLiteral:
        out_ += node.words;
        return true;
      case TemplateNode::Type::kValue: {
        const std::string_view value = value_of(node.words);
        out_ += escaped(node.escape, value.empty() ? node.fallback : value, out_);
        return true;
      }
      case TemplateNode::Type::kIf:
        return nodes(holds(node.words) ? node.body : node.otherwise);
      case TemplateNode::Type::kEach:
        break;
    }
    const auto* list = list_of(node.words);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      item_ = &(*list)[i];
      if (!nodes(node.body)) return false;
    }
    item_ = nullptr;
    return true;
  }

  const TemplateModel& model_;
  const TemplateValues* item_ = nullptr;
  std::string out_;
};

}  // namespace

std::optional<std::string> render_template(const Template& compiled, const TemplateModel& model) {
  Renderer renderer(model);
  if (!renderer.nodes(compiled.nodes)) return std::nullopt;
  std::string out = renderer.take();
  return compiled.part == TemplatePart::kSubject ? one_line(out, kMaxSubject) : out;
}

}  // namespace calcom
