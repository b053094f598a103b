// The built files of web/dist, compiled into the program: one binary serves the pages. No file is
// opened at run time, so a path cannot lead outside.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace calcom::proxy {

struct Asset {
  std::string_view name;  // "book.css"
  std::string_view content_type;
  std::string_view tag;  // of the bytes: 16 hex digits of their SHA-256
  std::string_view bytes;
};

std::span<const Asset> assets();
// nullptr if there is no asset of that name.
const Asset* find_asset(std::string_view name);
// "/assets/book.css?v=TAG": an address whose content never changes. The asset must exist.
std::string asset_url(std::string_view name);

}  // namespace calcom::proxy
