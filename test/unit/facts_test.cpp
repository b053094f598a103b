// The stored form of the facts: nothing is lost, equal facts are equal bytes, and what is not ours is
// refused.
#include <gtest/gtest.h>

#include "merge_worlds.hpp"

namespace calcom::test {
namespace {

constexpr int kWorlds = 2'000;

std::string stored(const std::vector<Event>& events) {
  return encode_facts(facts_of(events).at("A"));
}

TEST(FactsFormat, NothingIsLostOnTheWay) {
  Dice dice(7);
  for (int i = 0; i < kWorlds; ++i) {
    FactsByUid facts;
    for (const Row& row : World(dice.throw_all()).rows()) merge_event(facts, row.event, row.stamp);
    for (const auto& [uid, one] : facts) {
      const std::string text = encode_facts(one);
      const auto back = decode_facts(text);
      ASSERT_TRUE(back.has_value()) << text;
      ASSERT_TRUE(*back == one) << text;
      ASSERT_EQ(encode_facts(*back), text);
    }
  }
}

TEST(FactsFormat, ExtremesSurvive) {
  Facts facts;
  const Stamp least{INT64_MIN, 0, 0}, most{INT64_MAX, 255, UINT64_MAX};
  facts.first = least;
  facts.newest = most;
  facts.details[0] = Register{most, Value(INT64_MIN)};
  facts.details[1] = Register{least, Value(Instant{INT64_MAX})};
  facts.details[2] = Register{least, Value(JsonText{"{\"\\ud83d\\ude00\":\"\\\\\"}"})};
  facts.details[3] = Register{least, Value("line\r\n\x01 \xF0\x9F\x98\x80 </script> \"\\")};
  facts.hosts = {"", "ünï@ex.com"};
  const auto back = decode_facts(encode_facts(facts));
  ASSERT_TRUE(back.has_value());
  EXPECT_TRUE(*back == facts);
}

TEST(FactsFormat, TheFormStaysAsItWasReleased) {
  const std::vector<Event> events = {created("A", 0)
                                         .of({"ana"})
                                         .seat("s1")
                                         .with(Detail::kTitle, "Intro")
                                         .with(Detail::kPaid, false)
                                         .starts(5),
                                     rescheduled("A", "B", 1).of({"bob"}).hosted_by("zoe"),
                                     cancelled("A", 2).of({"ana"})};
  FactsByUid facts;
  for (const Event& event : events)
    merge_event(facts, event, Stamp{*event.created_at, stamp_rank(event.trigger), UINT64_MAX});
  EXPECT_EQ(encode_facts(facts.at("A")),
            R"({"booker":[0,{"email":"ana@example.com","name":"ana","time_zone":"Asia/Kolkata"}],"born":0,)"
            R"("details":[[0,{"end_time":{"at":1800435600000000},"paid":false,)"
            R"("start_time":{"at":1800432000000000},"title":"Intro"}]],"first":0,)"
            R"("hosts":["zoe@example.com"],"newest":2,"predecessors":[[1,"B"]],"seated":true,)"
            R"("seats":{"ana@example.com":{"added":0,"booked":0,"cancelled":2,"confirmed":0,)"
            R"("person":{"name":"ana","time_zone":"Asia/Kolkata"},"seat_uid":[0,"s1"]},)"
            R"("bob@example.com":{"added":1,"confirmed":1,"moved_in":1,)"
            R"("person":{"name":"bob","time_zone":"Asia/Kolkata"}}},)"
            R"("stamps":[[1800000000000000,4,-1],[1800000060000000,5,-1],[1800000120000000,10,-1]],)"
            R"("standing":2,"step":4,"successors":[],"v":1})");
}

TEST(FactsFormat, EmptyFactsAreAPlaceholder) {
  const auto back = decode_facts(encode_facts(Facts{}));
  ASSERT_TRUE(back.has_value());
  EXPECT_TRUE(*back == Facts{});
}

std::string with(std::string text, std::string_view part, std::string_view instead) {
  const auto at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), instead);
}

TEST(FactsFormat, ALaterVersionAndUnknownNamesAreRefused) {
  const std::string text = stored({created("A", 1).of({"ana"}).with(Detail::kTitle, "Intro")});
  ASSERT_TRUE(decode_facts(text).has_value());
  EXPECT_FALSE(decode_facts(with(text, R"("v":1)", R"("v":2)")).has_value());
  EXPECT_FALSE(decode_facts(with(text, R"("v":1)", R"("later":1)")).has_value());
  EXPECT_FALSE(decode_facts(with(text, R"("v":1)", R"("v":1,"later":1)")).has_value());
  EXPECT_FALSE(decode_facts(with(text, R"("title")", R"("new_detail")")).has_value());
  EXPECT_FALSE(decode_facts(with(text, R"("booked")", R"("lent")")).has_value());
}

TEST(FactsFormat, DamageIsRefused) {
  const std::string text =
      stored({created("A", 1).of({"ana"}).seat("s").with(Detail::kTitle, "Intro").hosted_by("zoe").starts(5),
              rescheduled("A", "B", 2), no_show("A", 3, "ana", true)});
  ASSERT_TRUE(decode_facts(text).has_value());
  for (const std::string_view junk : {"", "null", "[]", "{}", "\xFF", "{\"v\":1}", "{\"v\":1,\"stamps\":{}}"})
    EXPECT_FALSE(decode_facts(junk).has_value()) << junk;
  for (std::size_t cut = 0; cut < text.size(); ++cut)
    EXPECT_FALSE(decode_facts(text.substr(0, cut)).has_value()) << cut;
  const std::vector<std::pair<std::string_view, std::string_view>> damages = {
      {R"("born":0)", R"("born":9)"},
      {R"("born":0)", R"("born":-1)"},
      {R"("step":2)", R"("step":6)"},
      {R"("standing":2)", R"("standing":4)"},
      {R"("details":[[0,)", R"("details":[[)"},
      {R"("details":[[0,)", R"("details":[[0,0,)"},
      {R"("details":[[0,)", R"("details":[["0",)"},
      {R"("Intro")", "1.5"},
      {R"("hosts":[)", R"("hosts":[1,)"},
      {R"({"at":)", R"({"then":)"},
      {R"("added":0,)", ""},
      {R"("no_show":[2,true])", R"("no_show":[2,1])"},
      {R"([[1,"B"]])", R"([[1,"B"],[1,"A"]])"},
      {R"("seated":true)", R"("seated":1)"}};
  for (const auto& [part, instead] : damages)
    EXPECT_FALSE(decode_facts(with(text, part, instead)).has_value()) << part << " → " << instead;
}

TEST(FactsFormat, AnyFlippedByteIsRefusedOrReadWithoutHarm) {
  const std::string text =
      stored({created("A", 1).of({"ana"}).seat("s").starts(5), rescheduled("A", "B", 2)});
  Dice dice(11);
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = text;
    damaged[static_cast<std::size_t>(dice.below(static_cast<int>(text.size())))] =
        static_cast<char>(dice.below(256));
    if (const auto facts = decode_facts(damaged)) {
      EXPECT_TRUE(decode_facts(encode_facts(*facts)) == facts) << damaged;
    }
  }
}

}  // namespace
}  // namespace calcom::test
