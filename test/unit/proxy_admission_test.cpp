// What a header alone decides.
#include "proxy/http/admission.hpp"

#include <gtest/gtest.h>

namespace calcom::proxy {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kMaxBody = 1000;

RequestHeader post() {
  RequestHeader header;
  header.version(11);
  header.method(http::verb::post);
  header.target("/api/webhooks/calcom/acme");
  header.set(http::field::host, "localhost");
  header.set(http::field::content_length, "10");
  return header;
}

unsigned status_of(const RequestHeader& header) {
  const Admission admission = admit(header, kMaxBody);
  return admission.refusal ? admission.refusal->status : 0;
}

TEST(Admission, AnOrdinaryDeliveryIsTaken) {
  const Admission admission = admit(post(), kMaxBody);
  EXPECT_FALSE(admission.refusal);
  EXPECT_TRUE(admission.has_body);
  EXPECT_FALSE(admission.expects_continue);
  EXPECT_FALSE(admission.credentials.signature);
  EXPECT_EQ(admission.route.account, "acme");
}

TEST(Admission, SeveralSignaturesAreJoined) {
  RequestHeader header = post();
  header.insert("x-cal-signature-256", "");
  header.insert("X-Cal-Signature-256", "b");
  EXPECT_EQ(admit(header, kMaxBody).credentials.signature, ",b");
}

TEST(Admission, ResendSignsWithThreeHeadersOfEitherName) {
  RequestHeader header = post();
  header.target("/api/webhooks/resend");
  EXPECT_FALSE(admit(header, kMaxBody).credentials.signature);
  for (const std::string prefix : {"webhook-", "Svix-"}) {  // Resend's own name wins
    header.set(prefix + "Id", prefix + "msg_1");
    header.set(prefix + "timestamp", "1763799672");
    header.set(prefix + "signature", "v1,abc v1,def");
    const Credentials credentials = admit(header, kMaxBody).credentials;
    EXPECT_EQ(credentials.id, prefix + "msg_1");
    EXPECT_EQ(credentials.timestamp, "1763799672");
    EXPECT_EQ(credentials.signature, "v1,abc v1,def");
  }
  header.insert("svix-id", "other");
  EXPECT_EQ(admit(header, kMaxBody).credentials.id, "Svix-msg_1,other");
  header.set("svix-id", "msg\xff");
  EXPECT_EQ(status_of(header), 401U);
}

TEST(Admission, AmbiguousFramingIsMalformed) {
  RequestHeader both = post();
  both.set(http::field::transfer_encoding, "chunked");
  EXPECT_EQ(status_of(both), 400U);
  RequestHeader two = post();
  two.insert(http::field::content_length, "10");
  EXPECT_EQ(status_of(two), 400U);
  RequestHeader coded = post();
  coded.erase(http::field::content_length);
  coded.set(http::field::transfer_encoding, "gzip, chunked");
  EXPECT_EQ(status_of(coded), 400U);
  coded.set(http::field::transfer_encoding, "Chunked");
  EXPECT_EQ(status_of(coded), 0U);
  coded.version(10);
  EXPECT_EQ(status_of(coded), 400U);
}

TEST(Admission, LengthIsJudgedBeforeTheBody) {
  RequestHeader header = post();
  header.set(http::field::content_length, "1000");
  EXPECT_EQ(status_of(header), 0U);
  header.set(http::field::content_length, "1001");
  EXPECT_EQ(status_of(header), 413U);
}

TEST(Admission, ARefusalWithoutBodyMayKeepTheConnection) {
  RequestHeader header = post();
  header.target("/nowhere");
  EXPECT_TRUE(admit(header, kMaxBody).has_body);
  header.set(http::field::content_length, "0");
  EXPECT_FALSE(admit(header, kMaxBody).has_body);
}

TEST(Admission, EncodedBodiesAndUnknownExpectations) {
  RequestHeader header = post();
  header.set(http::field::content_encoding, "gzip");
  EXPECT_EQ(status_of(header), 415U);
  header.set(http::field::content_encoding, "IDENTITY");
  EXPECT_EQ(status_of(header), 0U);
  header.insert(http::field::content_encoding, "gzip");
  EXPECT_EQ(status_of(header), 415U);
  header.erase(http::field::content_encoding);
  header.set(http::field::expect, "100-Continue");
  EXPECT_TRUE(admit(header, kMaxBody).expects_continue);
  header.set(http::field::expect, "other");
  EXPECT_EQ(status_of(header), 417U);
}

TEST(Admission, OneHostUnlessHttp10) {
  RequestHeader header = post();
  header.insert(http::field::host, "other");
  EXPECT_EQ(status_of(header), 400U);
  header.erase(http::field::host);
  EXPECT_EQ(status_of(header), 400U);
  header.version(10);
  EXPECT_EQ(status_of(header), 0U);
}

TEST(Admission, PagesTakeSmallBodies) {
  RequestHeader header = post();
  header.target("/admin/login");
  header.set(http::field::content_length, std::to_string(kPageBodyLimit));
  EXPECT_EQ(status_of(header), 0U);
  header.set(http::field::content_length, std::to_string(kPageBodyLimit + 1));
  EXPECT_EQ(status_of(header), 413U);
}

TEST(Admission, BodiesOfPagesAreJudgedAsThoseOfDeliveries) {
  RequestHeader header = post();
  header.target("/admin/login");
  header.set(http::field::expect, "100-continue");
  EXPECT_TRUE(admit(header, kMaxBody).expects_continue);
  header.set(http::field::expect, "other");
  EXPECT_EQ(status_of(header), 417U);
  header.erase(http::field::expect);
  header.set(http::field::content_encoding, "gzip");
  EXPECT_EQ(status_of(header), 415U);
  header.erase(http::field::content_encoding);
  header.set("X-Cal-Signature-256", "ab");
  EXPECT_FALSE(admit(header, kMaxBody).credentials.signature) << "no page has to do with signatures";
}

TEST(PageRequest, KnowsQueryAndHeadersThatAreThereOnce) {
  RequestHeader header = post();
  header.target("/book/acme?a=1&b=2");
  header.set(http::field::cookie, "session=1");
  header.set(http::field::origin, "http://localhost");
  header.insert("Sec-Fetch-Site", "same-origin");
  header.insert("Sec-Fetch-Site", "cross-site");
  const PageRequest request = page_request(header, admit(header, kMaxBody).route);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/book/acme");
  EXPECT_EQ(request.query, "a=1&b=2");
  EXPECT_EQ(request.cookie, "session=1");
  EXPECT_EQ(request.origin, "http://localhost");
  EXPECT_EQ(request.fetch_site, std::nullopt) << "a repeated header is ignored";
}

TEST(Admission, PagesLearnWhetherARequestWasForwarded) {
  RequestHeader header = post();
  header.target("/admin");
  const Route page = route("/admin");
  EXPECT_FALSE(page_request(header, page).forwarded);
  for (const char* name : {"X-Forwarded-For", "x-forwarded-proto", "Forwarded", "X-Real-IP", "Via"}) {
    RequestHeader forwarded = header;
    forwarded.set(name, "");
    EXPECT_TRUE(page_request(forwarded, page).forwarded) << name;
  }
}

}  // namespace
}  // namespace calcom::proxy
