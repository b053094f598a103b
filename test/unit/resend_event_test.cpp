// What Resend's webhooks mean: every recorded kind, fields that are missing or of another type, and that a
// mail ends in the same status whatever order its events come in.
#include "core/sending/resend_event.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

namespace calcom {
namespace {

std::string fixture(const std::string& name) {
  std::ifstream in(std::string(CALCOM_FIXTURES) + "/resend/webhook." + name + ".json", std::ios::binary);
  EXPECT_TRUE(in.is_open()) << name;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

ResendEvent parsed(const std::string& body) {
  const auto event = parse_resend_event(body);
  EXPECT_TRUE(event) << body;
  return event.value_or(ResendEvent());
}

struct Meaning {
  std::string status;
  Suppression act;
  std::string detail;
};

TEST(ResendEvent, EveryRecordedKindHasItsMeaning) {
  using enum Suppression;
  const std::map<std::string, Meaning> expected{
      {"email.bounced", {"bounced", kAdd, "Permanent Suppressed"}},
      {"email.bounced.diagnostic", {"bounced", kAdd, "Permanent General"}},
      {"email.bounced.transient", {"bounced", kNone, "Transient MailboxFull"}},
      {"email.clicked", {"clicked", kNone, ""}},
      {"email.complained", {"complained", kAdd, ""}},
      {"email.delivered", {"delivered", kNone, ""}},
      {"email.delivered.minimal", {"delivered", kNone, ""}},
      {"email.delivery_delayed", {"delivery_delayed", kNone, ""}},
      {"email.failed", {"failed", kNone, "reached_daily_quota"}},
      {"email.opened", {"opened", kNone, ""}},
      {"email.received", {"", kNone, ""}},
      {"email.scheduled", {"scheduled", kNone, ""}},
      {"email.sent", {"sent", kNone, ""}},
      {"email.sent.with_headers", {"sent", kNone, ""}},
      {"email.suppressed", {"suppressed", kAdd, "OnAccountSuppressionList"}},
      {"suppression.added", {"", kAdd, "bounce"}},
      {"suppression.removed", {"", kLift, "manual"}}};
  for (const auto& [name, meaning] : expected) {
    const ResendEvent event = parsed(fixture(name));
    EXPECT_EQ(delivery_status(event), meaning.status) << name;
    EXPECT_EQ(suppression_act(event).act, meaning.act) << name;
    EXPECT_EQ(event.detail, meaning.detail) << name;
    EXPECT_TRUE(event.created_at) << name;
    EXPECT_EQ(event.recipient, name.starts_with("email") ? "delivered@resend.dev" : "steve.wozniak@gmail.com")
        << name;
  }
  std::size_t recorded = 0;
  for (const auto& file : std::filesystem::directory_iterator(std::string(CALCOM_FIXTURES) + "/resend"))
    recorded += file.path().filename().string().starts_with("webhook.") ? 1U : 0U;
  EXPECT_EQ(recorded, expected.size());
}

TEST(ResendEvent, OurTagIsReadFromAnObjectAndFromAnArray) {
  EXPECT_EQ(parsed(R"({"data":{"tags":{"outbox_id":"a-1","kind":"x"}}})").outbox_id, "a-1");
  EXPECT_EQ(parsed(R"({"data":{"tags":[{"name":"kind","value":"x"},{"name":"outbox_id","value":"a-1"}]}})")
                .outbox_id,
            "a-1");
  EXPECT_EQ(parsed(R"({"data":{"tags":["outbox_id"]}})").outbox_id, "");
}

TEST(ResendEvent, OnlyASingleRecipientIsTheRecipient) {
  EXPECT_EQ(parsed(R"({"data":{"to":["Ada <ADA@Example.com>"]}})").recipient, "ada@example.com");
  EXPECT_EQ(parsed(R"({"data":{"to":"ada@example.com"}})").recipient, "ada@example.com");
  EXPECT_EQ(parsed(R"({"data":{"to":["a@example.com","b@example.com"]}})").recipient, "");
  EXPECT_EQ(parsed(R"({"data":{"to":[]}})").recipient, "");
  EXPECT_EQ(parsed(R"({"data":{"to":[7]}})").recipient, "");
}

TEST(ResendEvent, EveryFieldIsOptionalAndOfAnyType) {
  for (const char* body : {"{}", R"({"type":7,"created_at":true,"data":[]})", R"({"type":null,"data":null})",
                           R"({"data":{"to":{},"tags":7,"bounce":"x","failed":[],"email_id":{}}})"}) {
    const ResendEvent event = parsed(body);
    EXPECT_EQ(event.type + event.email_id + event.outbox_id + event.recipient + event.detail, "") << body;
    EXPECT_EQ(delivery_status(event), "");
    EXPECT_EQ(suppression_act(event).act, Suppression::kNone);
  }
  for (const char* body : {"", "[]", "7", "{", "null"}) EXPECT_FALSE(parse_resend_event(body)) << body;
}

TEST(ResendEvent, UnknownTypesMeanNothing) {
  for (const char* type :
       {"email.flew", "email.", "contact.created", "domain.updated", "delivered", "email.sent.x"}) {
    ResendEvent event;
    event.type = type;
    event.recipient = "ada@example.com";
    EXPECT_EQ(delivery_status(event), "") << type;
    EXPECT_EQ(suppression_act(event).act, Suppression::kNone) << type;
  }
}

TEST(DeliveryStatus, ALateWeakerOneHidesNothing) {
  EXPECT_FALSE(supersedes({"delivered", 99}, {"complained", 1}));
  EXPECT_FALSE(supersedes({"sent", 99}, {"delivered", 1}));
  EXPECT_FALSE(supersedes({"delivered", 99}, {"bounced", 1}));
  EXPECT_TRUE(supersedes({"complained", 1}, {"clicked", 99}));
  EXPECT_TRUE(supersedes({"bounced", 1}, {"delivered", 99}));
  EXPECT_TRUE(supersedes({"sent", 1}, {}));
  EXPECT_FALSE(supersedes({"sent", 1}, {"sent", 1})) << "once more is nothing new";
}

TEST(DeliveryStatus, AnyOrderOfEventsEndsInTheSameStatus) {
  std::vector<DeliveryStatus> events{{"bounced", 5},   {"failed", 5},  {"sent", 1},
                                     {"delivered", 4}, {"bounced", 6}, {"opened", 7}};
  const auto less = [](const DeliveryStatus& a, const DeliveryStatus& b) {
    return std::tie(a.name, a.at) < std::tie(b.name, b.at);
  };
  std::sort(events.begin(), events.end(), less);
  do {
    DeliveryStatus standing;
    for (const auto& heard : events)
      if (supersedes(heard, standing)) standing = heard;
    ASSERT_EQ(standing.name, "bounced");
    ASSERT_EQ(standing.at, 6);
  } while (std::next_permutation(events.begin(), events.end(), less));
}

}  // namespace
}  // namespace calcom
