// Bodies as nobody should send them: no field of any type, size or number may end in a crash or take the rest
// of the booking with it.
#include <jansson.h>

#include <chrono>
#include <functional>
#include <memory>

#include "calcom_fixture.hpp"
#include "core/base/json_compose.hpp"
#include "core/base/json_read.hpp"

namespace calcom {
namespace {

constexpr std::string_view kHead =
    R"({"triggerEvent":"BOOKING_CREATED","createdAt":"2026-11-22T10:00:00.000Z","payload":{"uid":"u1")";

// A CREATED body whose payload has `fields` besides its uid.
Parsed parse_with(std::string_view fields) {
  return parse_event(std::string(kHead) + "," + std::string(fields) + "}}");
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

struct Json {
  json_t* node;
  explicit Json(json_t* owned) : node(owned) {}
  Json(const Json&) = delete;
  Json& operator=(const Json&) = delete;
  ~Json() { json_decref(node); }
};

std::string dumped(json_t* node) {
  const std::unique_ptr<char, void (*)(void*)> text(json_dumps(node, JSON_COMPACT | JSON_ENCODE_ANY),
                                                    std::free);
  return text.get();
}

// Puts each of `values` in the place of each value inside `node` in turn, and puts the old one back.
void each_replacement(json_t* node, const std::vector<json_t*>& values, const std::function<void()>& check) {
  const auto visit = [&](json_t* child, const auto& put) {
    json_incref(child);
    for (json_t* value : values) {
      put(value);
      check();
    }
    put(child);
    json_decref(child);
    each_replacement(child, values, check);
  };
  const char* key = nullptr;
  json_t* child = nullptr;
  void* next = nullptr;
  json_object_foreach_safe(node, next, key, child)
      visit(child, [&](json_t* value) { json_object_set(node, key, value); });
  for (std::size_t i = 0; json_is_array(node) && i < json_array_size(node); ++i)
    visit(json_array_get(node, i), [&](json_t* value) { json_array_set(node, i, value); });
}

void expect_sane(const Parsed& parsed, const std::string& body) {
  EXPECT_EQ(parsed.reason.empty(), parsed.meaning == Meaning::kMerge) << body;
  EXPECT_TRUE(parsed.meaning != Meaning::kMerge || !parsed.event.uid.empty()) << body;
  JsonDocument document;
  EXPECT_TRUE(document.read(describe_json(parsed))) << body;
  EXPECT_TRUE(document.read(extract_booking_json(parsed))) << body;
}

class EveryField : public testing::TestWithParam<const char*> {};

TEST_P(EveryField, MayHaveAnyType) {
  const std::string whole = calcom_fixture(GetParam());
  const Json root(json_loadb(whole.data(), whole.size(), 0, nullptr));
  const std::size_t details = parse_event(whole).event.details.size();
  const Json deep(json_loads(("[" + repeated("[", 200) + repeated("]", 200) + "]").c_str(), 0, nullptr));
  const Json values(json_pack("[nbisfs[]{}O]", 1, 1, "", 1.5, "x\xF0\x9F\x98\x80", deep.node));
  std::vector<json_t*> list;
  for (std::size_t i = 0; i < json_array_size(values.node); ++i)
    list.push_back(json_array_get(values.node, i));
  std::size_t checked = 0;
  each_replacement(root.node, list, [&] {
    const std::string body = dumped(root.node);
    const Parsed parsed = parse_event(body);
    expect_sane(parsed, body);
    // one broken field costs that field, at most an object's worth of them
    const bool whole_booking = parsed.meaning == Meaning::kMerge && !parsed.event.seated;
    EXPECT_TRUE(!whole_booking || parsed.event.details.size() + 5 >= details) << body;
    ++checked;
  });
  EXPECT_GT(checked, 300U);
}

INSTANTIATE_TEST_SUITE_P(Payload, EveryField,
                         testing::Values("BOOKING_CREATED-chain1.json", "BOOKING_RESCHEDULED-chain2.json",
                                         "BOOKING_CANCELLED-seats4-one-seat.json", "BOOKING_PAID-paid2.json",
                                         "BOOKING_REQUESTED-confirm1.json"));

TEST(PayloadHostile, NoteEventsBearAnyTypeToo) {
  for (const char* file : {"MEETING_ENDED-meeting2.json", "BOOKING_NO_SHOW_UPDATED-one.json", "PING.json",
                           "OOO_CREATED-synth.json", "ZAPIER-flat.json"}) {
    const std::string whole = calcom_fixture(file);
    const Json root(json_loadb(whole.data(), whole.size(), 0, nullptr));
    const Json values(json_pack("[nbis[]{}]", 1, 1, ""));
    std::vector<json_t*> list;
    for (std::size_t i = 0; i < json_array_size(values.node); ++i)
      list.push_back(json_array_get(values.node, i));
    each_replacement(root.node, list, [&] {
      const std::string body = dumped(root.node);
      expect_sane(parse_event(body), body);
    });
  }
}

TEST(PayloadHostile, AWrongTypeIsNamedAndTheRestKept) {
  const Parsed parsed = parse_with(R"("title":7,"startTime":[],"price":"free","organizer":"Zoe",)"
                                   R"("attendees":[3,{"email":{}},{"email":"a@example.com","noShow":"no"}],)"
                                   R"("type":"intro")");
  EXPECT_EQ(parsed.meaning, Meaning::kMerge);
  EXPECT_EQ(detail_of(parsed.event, Detail::kEventTypeSlug), Value(std::string("intro")));
  EXPECT_EQ(parsed.event.details.size(), 1U);
  ASSERT_EQ(parsed.event.attendees.size(), 2U);
  EXPECT_EQ(parsed.event.attendees[1].email, "a@example.com");
  EXPECT_EQ(parsed.event.warnings,
            (std::vector<std::string>{"payload.organizer", "payload.attendees[0]",
                                      "payload.attendees[1].email", "payload.attendees[2].noShow",
                                      "payload.title", "payload.startTime", "payload.price"}));
}

TEST(PayloadHostile, OfDuplicateKeysTheLastCountsOnBothPaths) {
  for (const std::string_view bom : {"", "\uFEFF"}) {
    const Parsed parsed = parse_event(
        std::string(bom) +
        R"({"triggerEvent":"PING","payload":null,"triggerEvent":"BOOKING_CREATED","payload":{"uid":"a","uid":"b",)"
        R"("title":"x","title":"y","attendees":[{"email":"a@x","email":"b@x"}]}})");
    EXPECT_EQ(parsed.event.trigger, Trigger::kBookingCreated);
    EXPECT_EQ(parsed.event.uid, "b");
    EXPECT_EQ(detail_of(parsed.event, Detail::kTitle), Value(std::string("y")));
    ASSERT_EQ(parsed.event.attendees.size(), 1U);
    EXPECT_EQ(parsed.event.attendees[0].email, "b@x");
  }
}

TEST(PayloadHostile, DeepNestingInAnIrrelevantFieldKeepsTheBooking) {
  const Parsed parsed =
      parse_with("\"customInputs\":" + repeated("[", 3000) + repeated("]", 3000) + ",\"title\":\"t\"");
  EXPECT_EQ(parsed.meaning, Meaning::kMerge);
  EXPECT_EQ(detail_of(parsed.event, Detail::kTitle), Value(std::string("t")));
  const Parsed metadata = parse_with("\"metadata\":" + repeated("{\"a\":", 3000) + "1" + repeated("}", 3000));
  EXPECT_EQ(metadata.meaning, Meaning::kMerge);
  EXPECT_TRUE(detail_of(metadata.event, Detail::kMetadata).has_value());
  EXPECT_EQ(parse_event(repeated("[", 1 << 20)).meaning, Meaning::kDead);
}

TEST(PayloadHostile, TextIsAlwaysFitForPostgres) {
  const Event event =
      parse_with("\"title\":\"a\xFF\",\"responses\":{\"k\\u0000\":{\"value\":\"\\ud83d\"}}").event;
  EXPECT_EQ(detail_of(event, Detail::kTitle), Value(std::string("a\uFFFD")));
  EXPECT_EQ(detail_of(event, Detail::kResponses),
            Value(JsonText{"{\"k\uFFFD\":{\"label\":\"k\uFFFD\",\"value\":\"\uFFFD\"}}"}));
}

TEST(PayloadHostile, LongTextIsCutBetweenCharactersAndLongIdsAreRefused) {
  const Event event = parse_with("\"title\":\"" + repeated("ü", 600) + "\",\"description\":\"" +
                                 std::string(100'000, 'd') + "\",\"iCalUID\":\"" + std::string(256, 'i') +
                                 "\",\"location\":\"https://x.example/" + std::string(3000, 'l') + "\"")
                          .event;
  EXPECT_EQ(detail_of(event, Detail::kTitle), Value(repeated("ü", 500)));
  EXPECT_EQ(std::get<std::string>(*detail_of(event, Detail::kDescription)).size(), 65'536U);
  EXPECT_EQ(detail_of(event, Detail::kIcalUid), std::nullopt);
  EXPECT_EQ(detail_of(event, Detail::kLocation), std::nullopt);  // half a link leads elsewhere
  EXPECT_EQ(event.warnings, (std::vector<std::string>{"payload.title: cut to 1000 bytes",
                                                      "payload.description: cut to 65536 bytes",
                                                      "payload.iCalUID", "payload.location"}));
}

TEST(PayloadHostile, HugeAnswersAreLeftOutNotTheBooking) {
  const Parsed parsed = parse_with("\"title\":\"t\",\"responses\":{\"q\":{\"label\":\"Q\",\"value\":\"" +
                                   std::string(5 << 20, 'a') + "\"}}");
  EXPECT_EQ(parsed.meaning, Meaning::kMerge);
  EXPECT_EQ(detail_of(parsed.event, Detail::kTitle), Value(std::string("t")));
  EXPECT_EQ(detail_of(parsed.event, Detail::kResponses), std::nullopt);
  EXPECT_EQ(parsed.event.warnings, std::vector<std::string>{"payload.responses"});
}

// n attendees of a team of n members: anything quadratic would take minutes.
TEST(PayloadHostile, TenThousandAttendeesAreReadInLinearTime) {
  std::string attendees, members;
  for (int i = 0; i < 10'000; ++i) {
    attendees += R"(,{"email":"a)" + std::to_string(i) + R"(@example.com","name":"A","timeZone":"UTC"})";
    members += R"(,{"email":"m)" + std::to_string(i) + R"(@example.com"})";
  }
  const std::string fields = "\"team\":{\"members\":[" + members.substr(1) + "]},\"attendees\":[" +
                             attendees.substr(1) + "," + members.substr(1) + "]";
  const auto before = std::chrono::steady_clock::now();
  const Event event = parse_with(fields).event;
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  EXPECT_EQ(event.attendees.size(), 10'000U);
  EXPECT_EQ(event.host_emails.size(), 10'000U);
}

TEST(PayloadHostile, WarningsAreBounded) {
  const Event event = parse_with("\"attendees\":[" + repeated("1,", 10'000) + "1]").event;
  EXPECT_EQ(event.warnings.size(), 50U);
}

TEST(PayloadHostile, AddressesThatBreakHeadersAreNobodys) {
  const Event event = parse_with(R"("attendees":[{"email":"a@x\r\nBcc: b@x","name":"N"}])").event;
  ASSERT_EQ(event.attendees.size(), 1U);
  EXPECT_EQ(event.attendees[0].email, "");
  EXPECT_EQ(event.warnings, std::vector<std::string>{"payload.attendees[0].email"});
}

}  // namespace
}  // namespace calcom
