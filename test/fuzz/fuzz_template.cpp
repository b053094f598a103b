// Templates come from people and values from strangers: compiling never crashes, and whatever template
// compiles, a hostile value opens no tag, ends no attribute and brings no scheme of its own.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/mail/template.hpp"
#include "require.hpp"

namespace {

using namespace calcom;

constexpr std::string_view kHostile =
    "\"><x-fuzz a='b' onload=1>\njavascript:alert(1)--></style></title>&{{reason}}";

// The values hold what the place allows; in plain words "x-fuzz" between "<" and ">" is what must not come
// out.
TemplateModel hostile_model() {
  TemplateModel model;
  for (const PathInfo& info : kTemplatePaths) model.values[info.path] = kHostile;
  for (const ListInfo& list : kTemplateLists)
    for (const PathInfo& field : list.fields)
      if (!field.path.empty()) {
        if (model.lists[list.path].empty()) model.lists[list.path].emplace_back();
        model.lists[list.path][0][field.path] = kHostile;
      }
  return model;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  if (source.find("x-fuzz") != std::string_view::npos || source.find("script:") != std::string_view::npos)
    return 0;
  for (const TemplatePart part : {TemplatePart::kSubject, TemplatePart::kHtml, TemplatePart::kText}) {
    const auto compiled = compile_template(source, part);
    const auto* usable = std::get_if<Template>(&compiled);
    if (usable == nullptr) {
      const TemplateError& error = std::get<TemplateError>(compiled);
      REQUIRE(error.line >= 1 && error.column >= 1 && !error.message.empty());
      continue;
    }
    const auto out = render_template(*usable, hostile_model());
    if (!out) continue;
    REQUIRE(out->size() <= kMaxRendered);
    if (part == TemplatePart::kHtml) {
      REQUIRE(out->find("<x-fuzz") == std::string::npos);
      REQUIRE(out->find("=\"javascript:") == std::string::npos);
    }
    if (part == TemplatePart::kSubject) REQUIRE(out->find_first_of("\r\n") == std::string::npos);
  }
  return 0;
}
