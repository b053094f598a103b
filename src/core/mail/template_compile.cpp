// Source to nodes, in one pass: tags are found, paths looked up, and in HTML the tracker says how each value
// is escaped. Both branches of an if, and a body that may be left out or repeated, must end where they began.
#include <algorithm>
#include <array>

#include "core/mail/template.hpp"
#include "core/mail/template_html.hpp"

namespace calcom {

namespace {

constexpr int kMaxDepth = 8;
constexpr int kMaxTags = 1'000;

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return is_blank(c) || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

TemplateError error_at(std::string_view source, std::size_t offset, std::string message) {
  TemplateError error{1, 1, std::move(message)};
  for (const char c : source.substr(0, offset)) {
    if (c == '\n')
      ++error.line, error.column = 1;
    else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80)
      ++error.column;
  }
  return error;
}

const ListInfo* list_of(std::string_view path) {
  const auto* const found = std::find_if(kTemplateLists.begin(), kTemplateLists.end(),
                                         [&](const ListInfo& list) { return list.path == path; });
  return found == kTemplateLists.end() ? nullptr : found;
}

bool is_field(const ListInfo* list, std::string_view name) {
  return list != nullptr && !name.empty() &&
         std::any_of(list->fields.begin(), list->fields.end(),
                     [&](const PathInfo& field) { return field.path == name; });
}

bool is_path(std::string_view path) {
  return std::any_of(kTemplatePaths.begin(), kTemplatePaths.end(),
                     [&](const PathInfo& info) { return info.path == path; });
}

using Nodes = std::vector<TemplateNode>;

class Compiler {
 public:
  Compiler(std::string_view source, TemplatePart part) : source_(source), part_(part) {}

  std::variant<Template, TemplateError> compile() {
    Template compiled{part_, {}};
    std::string_view end;
    if (nodes(compiled.nodes, &end, 0)) {
      if (!end.empty())
        fail(tag_at_, "{{" + std::string(end) + "}} closes nothing");
      else if (part_ == TemplatePart::kHtml && !html_.in_text())
        fail(source_.size(), "the page ends " + html_.describe());
    }
    if (error_) return *std::move(error_);
    return compiled;
  }

 private:
  bool fail(std::size_t offset, std::string message) {
    if (!error_) error_ = error_at(source_, offset, std::move(message));
    return false;
  }

  // Up to the end of the source, or to a tag that ends a body: "else", "/if" or "/each", left in `end`.
  bool nodes(Nodes& out, std::string_view* end, int depth) {
    *end = {};
    for (;;) {
      const std::size_t open = source_.find("{{", at_);
      if (open == std::string_view::npos) return literal(out, source_.substr(at_), source_.size());
      const std::size_t close = source_.find("}}", open + 2);
      if (close == std::string_view::npos) return fail(open, "{{ without }}");
      if (++tags_ > kMaxTags) return fail(open, "more than 1000 tags");
      const std::string_view tag = trim(source_.substr(open + 2, close - open - 2));
      std::string_view before = source_.substr(at_, open - at_);
      std::size_t after = close + 2;
      if (tag.starts_with('#') || tag.starts_with('/') || tag.starts_with('!') || tag == "else")
        take_own_line(open, &before, &after);
      if (!literal(out, before, after)) return false;
      tag_at_ = open;
      if (tag.starts_with('/') || tag == "else") {
        *end = tag;
        return true;
      }
      if (tag.starts_with('!')) continue;
      if (tag.starts_with('#') ? !block(out, tag, depth) : !value(out, tag)) return false;
    }
  }

  // A tag of a block that is alone on its line takes the line with it.
  void take_own_line(std::size_t open, std::string_view* before, std::size_t* after) {
    std::size_t start = open;
    while (start > 0 && is_blank(source_[start - 1])) --start;
    std::size_t end = *after;
    while (end < source_.size() && is_blank(source_[end])) ++end;
    if ((start > 0 && source_[start - 1] != '\n') || (end < source_.size() && source_[end] != '\n')) return;
    before->remove_suffix(std::min(open - start, before->size()));
    *after = std::min(end + 1, source_.size());
  }

  bool literal(Nodes& out, std::string_view text, std::size_t next) {
    std::size_t wrong_at = 0;
    if (part_ == TemplatePart::kHtml)
      if (auto wrong = html_.feed(text, &wrong_at)) return fail(at_ + wrong_at, *wrong);
    if (!text.empty()) {
      TemplateNode node;
      node.words = text;
      out.push_back(std::move(node));
    }
    at_ = next;
    return true;
  }

  bool known(std::string_view path, bool condition) {
    if (is_field(list_, path) || is_path(path)) return true;
    if (list_of(path) != nullptr) {
      if (condition) return true;
      return fail(tag_at_, std::string(path) + " is a list: use {{#each " + std::string(path) + "}}");
    }
    return fail(tag_at_, "unknown path \"" + std::string(path.substr(0, 60)) + "\"");
  }

  bool value(Nodes& out, std::string_view tag) {
    TemplateNode node;
    node.type = TemplateNode::Type::kValue;
    if (const std::size_t bar = tag.find('|'); bar != std::string_view::npos) {
      std::string_view filter = trim(tag.substr(bar + 1));
      tag = trim(tag.substr(0, bar));
      if (!filter.starts_with("default")) return fail(tag_at_, "only default \"text\" can stand behind |");
      filter = trim(filter.substr(7));
      if (filter.size() < 2 || !filter.starts_with('"') || filter.find('"', 1) != filter.size() - 1)
        return fail(tag_at_, "default needs a text in double quotes");
      node.fallback = filter.substr(1, filter.size() - 2);
    }
    if (!known(tag, false)) return false;
    node.words = tag;
    node.escape = part_ == TemplatePart::kSubject ? Escape::kSubject : Escape::kPlain;
    if (part_ == TemplatePart::kHtml) {
      auto escape = html_.value();
      if (const auto* wrong = std::get_if<std::string>(&escape)) return fail(tag_at_, *wrong);
      node.escape = std::get<Escape>(escape);
    }
    out.push_back(std::move(node));
    return true;
  }

  bool block(Nodes& out, std::string_view tag, int depth) {
    const std::size_t opened_at = tag_at_;
    if (depth == kMaxDepth) return fail(tag_at_, "more than 8 blocks in one another");
    TemplateNode node;
    const bool is_if = tag.starts_with("#if ");
    if (!is_if && !tag.starts_with("#each "))
      return fail(tag_at_, "only #if PATH and #each LIST open a block");
    node.type = is_if ? TemplateNode::Type::kIf : TemplateNode::Type::kEach;
    const std::string_view path = trim(tag.substr(is_if ? 4 : 6));
    node.words = path;
    if (is_if ? !known(path, true) : !enter_list(path)) return false;
    const HtmlTracker before = html_;
    std::string_view end;
    if (!nodes(node.body, &end, depth + 1)) return false;
    HtmlTracker reached = html_;
    if (is_if && end == "else") {
      html_ = before;
      if (!nodes(node.otherwise, &end, depth + 1)) return false;
      if (!(html_ == reached))
        return fail(tag_at_, "the branches of this if end in different places of the page");
    } else if (!(reached == before)) {
      return fail(tag_at_, "what may be left out must end " + before.describe() + ", where it began");
    }
    if (end.empty()) return fail(opened_at, "{{" + std::string(tag) + "}} is not closed");
    if (end != (is_if ? "/if" : "/each"))
      return fail(tag_at_, "{{" + std::string(end) + "}} does not close {{" + std::string(tag) + "}}");
    if (!is_if) list_ = nullptr;
    out.push_back(std::move(node));
    return true;
  }

  bool enter_list(std::string_view path) {
    if (list_ != nullptr) return fail(tag_at_, "each blocks cannot be nested");
    list_ = list_of(path);
    return list_ != nullptr || fail(tag_at_, "unknown list \"" + std::string(path.substr(0, 60)) + "\"");
  }

  std::string_view source_;
  TemplatePart part_;
  std::size_t at_ = 0, tag_at_ = 0;
  int tags_ = 0;
  const ListInfo* list_ = nullptr;
  HtmlTracker html_;
  std::optional<TemplateError> error_;
};

}  // namespace

std::optional<TemplatePart> template_part(std::string_view name) {
  if (name == "subject") return TemplatePart::kSubject;
  if (name == "html") return TemplatePart::kHtml;
  if (name == "text") return TemplatePart::kText;
  return std::nullopt;
}

std::variant<Template, TemplateError> compile_template(std::string_view source, TemplatePart part) {
  const std::size_t limit = part == TemplatePart::kSubject ? kMaxSubjectTemplate : kMaxTemplate;
  if (source.size() > limit) return TemplateError{1, 1, "longer than " + std::to_string(limit) + " bytes"};
  if (trim(source).empty()) return TemplateError{1, 1, "it is empty"};
  if (part == TemplatePart::kSubject) {
    while (is_blank(source.back()) || source.back() == '\n')
      source.remove_suffix(1);  // columns count from its front
    if (const std::size_t at = source.find_first_of("\r\n"); at != std::string_view::npos)
      return error_at(source, at, "a subject is one line");
  }
  return Compiler(source, part).compile();
}

}  // namespace calcom
