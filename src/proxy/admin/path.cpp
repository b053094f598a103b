// A path is split before its segments are decoded, so an encoded slash stays part of its segment.
#include "proxy/admin/path.hpp"

#include "core/base/escape.hpp"
#include "proxy/http/form.hpp"

namespace calcom::proxy {
namespace {

constexpr std::size_t kLongestUid = 255;
constexpr std::string_view kUuidShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
  std::vector<std::string> segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const auto end = path.find('/');
    auto piece = percent_decoded(path.substr(0, end));
    if (!piece || !is_plain_text(*piece)) return std::nullopt;
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
    if (piece->empty() && path.empty()) break;
    segments.push_back(std::move(*piece));
  }
  return path.empty() ? std::optional(std::move(segments)) : std::nullopt;
}

bool is_uuid(std::string_view text) {
  if (text.size() != kUuidShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kUuidShape[i] == '-' ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_any_uid(std::string_view text) {
  return !text.empty() && text.size() <= kLongestUid && is_plain_text(text);
}

}  // namespace calcom::proxy
