// The template language of mail: values, defaults, if and each, and nothing that computes. A template is
// compiled when it is written, so that errors are reported then; every value is escaped for the
// place where it stands, which is found out while compiling (docs/templates.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/mail/template_model.hpp"

namespace calcom {

enum class TemplatePart : std::uint8_t { kSubject, kHtml, kText };
std::optional<TemplatePart> template_part(std::string_view name);  // "subject", "html", "text"

// How a value is escaped: by where it stands.
enum class Escape : std::uint8_t {
  kSubject,
  kPlain,      // text part: further lines get the indentation of the value's line
  kHtmlText,   // between tags: line breaks become <br>
  kHtmlWords,  // in an attribute or in <title>
  kUrlWhole,   // all of href, src, …: http, https and mailto only
  kUrlPiece,   // within such an attribute, after a host: percent-encoded
};

struct TemplateNode {
  enum class Type : std::uint8_t { kLiteral, kValue, kIf, kEach };
  Type type = Type::kLiteral;
  Escape escape = Escape::kPlain;
  std::string words;     // the literal, or the path
  std::string fallback;  // of a value that is empty
  std::vector<TemplateNode> body, otherwise;
};

struct Template {
  TemplatePart part;
  std::vector<TemplateNode> nodes;
};

struct TemplateError {
  int line = 1, column = 1;  // from 1; columns count characters
  std::string message;       // lower case, no full stop
};

inline constexpr std::size_t kMaxTemplate = 100'000;       // bytes
inline constexpr std::size_t kMaxSubjectTemplate = 1'000;  // bytes
inline constexpr std::size_t kMaxRendered = 500'000;       // bytes

std::variant<Template, TemplateError> compile_template(std::string_view source, TemplatePart part);

// nullopt: the values made it larger than kMaxRendered.
std::optional<std::string> render_template(const Template& compiled, const TemplateModel& model);

}  // namespace calcom
