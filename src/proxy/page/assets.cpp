// assets() itself is made by cmake/embed.cmake from the files.
#include "proxy/page/assets.hpp"

namespace calcom::proxy {

const Asset* find_asset(std::string_view name) {
  for (const Asset& asset : assets()) {
    if (asset.name == name) return &asset;
  }
  return nullptr;
}

std::string asset_url(std::string_view name) {
  const Asset* asset = find_asset(name);
  std::string url = "/assets/" + std::string(name);
  return asset == nullptr ? url : url + "?v=" + std::string(asset->tag);
}

}  // namespace calcom::proxy
