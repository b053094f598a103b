// Which paths are ours and whose account they name.
#include "proxy/http/route.hpp"

#include <gtest/gtest.h>

namespace calcom::proxy {
namespace {

TEST(Route, WebhookWithoutAccountIsDefault) {
  const Route found = route("/api/webhooks/calcom");
  EXPECT_EQ(found.resource, Resource::kWebhook);
  EXPECT_EQ(found.account, "default");
  EXPECT_EQ(found.path, "/api/webhooks/calcom");
}

TEST(Route, AccountIsPercentDecodedOnce) {
  EXPECT_EQ(route("/api/webhooks/calcom/a%63me").account, "acme");
  EXPECT_EQ(route("/api/webhooks/calcom/a%2563me").resource, Resource::kUnknown);
}

TEST(Route, QueryAndOriginAreIgnored) {
  EXPECT_EQ(route("https://hooks.example/api/webhooks/calcom/acme?x=/y").account, "acme");
  EXPECT_EQ(route("http://hooks.example/healthz").resource, Resource::kHealth);
  EXPECT_EQ(route("http://hooks.example").resource, Resource::kUnknown);
}

TEST(Route, NothingElseIsOurs) {
  for (const char* path : {"", "*", "/", "/healthz/", "/api/webhooks/calcom/", "/api/webhooks/calcomx",
                           "/api/webhooks/calcom/.", "/api/webhooks/calcom/..", "/api/webhooks/calcom/%2E%2E",
                           "/api/webhooks/calcom/a/b", "/api/webhooks/calcom/a%2Fb", "/api/webhooks/calcom/%",
                           "/api/webhooks/calcom/%0", "/api/webhooks/calcom/%-1", "/API/webhooks/calcom"}) {
    const Route found = route(path);
    EXPECT_EQ(found.resource, Resource::kUnknown) << path;
    EXPECT_EQ(found.path, "-") << path;
  }
}

TEST(Route, AccountHasAtMost63Characters) {
  const std::string prefix = "/api/webhooks/calcom/";
  EXPECT_EQ(route(prefix + std::string(63, 'a')).resource, Resource::kWebhook);
  EXPECT_EQ(route(prefix + std::string(64, 'a')).resource, Resource::kUnknown);
}

TEST(Route, ResendHasAPathOfItsOwn) {
  EXPECT_EQ(route("/api/webhooks/resend").resource, Resource::kResendWebhook);
  EXPECT_EQ(route("/api/webhooks/resend").account, "default");
  EXPECT_EQ(route("/api/webhooks/resend/acme").account, "acme");
  EXPECT_EQ(route("/api/webhooks/resend/acme").path, "/api/webhooks/resend/acme");
  EXPECT_EQ(route("/api/webhooks/resendx").resource, Resource::kUnknown);
  EXPECT_EQ(route("/api/webhooks/resend/..").resource, Resource::kUnknown);
  EXPECT_TRUE(is_allowed(Resource::kResendWebhook, "POST"));
  EXPECT_FALSE(is_allowed(Resource::kResendWebhook, "GET"));
}

TEST(Route, PagesAreFoundByTheirFirstSegmentOnly) {
  for (const char* path :
       {"/book", "/book/acme", "/book/acme/x/..", "/admin", "/admin/mail", "/assets/book.css"}) {
    EXPECT_EQ(route(path).resource, Resource::kPage) << path;
    EXPECT_EQ(route(path).page, path);
  }
  EXPECT_EQ(route("/book/acme?x=1").page, "/book/acme");
  EXPECT_EQ(route("/book/someone@example.com").path, "/book") << "what a visitor typed is never logged";
  for (const char* path : {"/bookx", "/", "/Admin", "/../admin", "//admin", "/%61dmin"})
    EXPECT_EQ(route(path).resource, Resource::kUnknown) << path;
}

TEST(Route, MethodsByResource) {
  for (const char* method : {"GET", "HEAD", "POST"}) EXPECT_TRUE(is_allowed(Resource::kPage, method));
  EXPECT_FALSE(is_allowed(Resource::kPage, "PUT"));
  EXPECT_TRUE(is_allowed(Resource::kWebhook, "POST"));
  EXPECT_FALSE(is_allowed(Resource::kWebhook, "post"));
  EXPECT_TRUE(is_allowed(Resource::kHealth, "HEAD"));
  EXPECT_FALSE(is_allowed(Resource::kHealth, "POST"));
}

}  // namespace
}  // namespace calcom::proxy
