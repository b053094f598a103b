// See claims.hpp.
#include "core/base/claims.hpp"

#include <algorithm>

#include "core/base/json_read.hpp"
#include "core/base/text.hpp"

namespace calcom {

namespace {

constexpr std::size_t kLongest = 200;

std::string one_word(std::string_view text) {
  std::string word(cut_utf8(text, kLongest));
  std::erase_if(word, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
  return word;
}

}  // namespace

std::string claimed_identity(std::string_view claims) {
  JsonDocument document;
  if (!document.read(claims)) return {};
  const auto object = as_object(document.root());
  if (!object) return {};
  const JsonFields fields(*object);
  for (const std::string_view name : {"sub", "email"}) {
    const auto field = fields.get(name);
    if (!field) continue;
    const auto text = as_text(*field);
    if (text && !text->empty()) return one_word(*text);
  }
  return {};
}

}  // namespace calcom
