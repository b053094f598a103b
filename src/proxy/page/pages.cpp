// The address of an asset contains the tag of its bytes, so a browser can cache it forever and still gets a new
// version at once.
#include "proxy/page/pages.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "proxy/page/assets.hpp"

namespace calcom::proxy {
namespace {

constexpr std::string_view kAssetPath = "/assets/";
constexpr std::string_view kBookingPath = "/book";
constexpr std::string_view kAdminPath = "/admin";

Reply asset_reply(const PageRequest& request) {
  if (request.method == "POST") {
    Reply refusal = error_reply(405, "method not allowed");
    refusal.allow = "GET, HEAD";
    return refusal;
  }
  const Asset* asset = find_asset(std::string_view(request.path).substr(kAssetPath.size()));
  // Templates and words are assets too, but they are only served as part of a page.
  const bool is_part = asset != nullptr && (asset->name.ends_with(".html") || asset->name.ends_with(".json"));
  if (asset == nullptr || is_part) return error_reply(404, "not found");
  const std::string tag = '"' + std::string(asset->tag) + '"';
  const bool versioned = request.query == "v=" + std::string(asset->tag);
  Reply reply;
  reply.status = request.if_none_match == tag ? 304 : 200;
  if (reply.status == 200) reply.body = asset->bytes;
  reply.content_type = asset->content_type;
  reply.headers = {{"ETag", tag},
                   {"Cache-Control", versioned ? "public, max-age=31536000, immutable" : "no-cache"}};
  return reply;
}

}  // namespace

void Pages::serve(const PageRequest& request, Done done) {
  if (request.path.starts_with(kAssetPath)) return done(asset_reply(request));
  if (request.path.starts_with(kBookingPath)) return booking_.serve(request, std::move(done));
  if (admin_ != nullptr && request.path.starts_with(kAdminPath))
    return admin_->serve(request, std::move(done));
  done(error_reply(404, "not found"));
}

}  // namespace calcom::proxy
