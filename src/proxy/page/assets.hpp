// The built files of web/dist, compiled into the program: one binary serves the pages, nothing is looked up
// on a disk, no path can lead anywhere.
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
// nullptr: there is none of that name.
const Asset* find_asset(std::string_view name);
// "/assets/book.css?v=TAG": an address whose bytes never change. The name must be an asset's.
std::string asset_url(std::string_view name);

}  // namespace calcom::proxy
