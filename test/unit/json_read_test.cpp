// JSON as it really arrives: what simdjson refuses is repaired, and both ways read the same.
#include "core/base/json_read.hpp"

#include <gtest/gtest.h>

#include "core/base/json_repair.hpp"

namespace calcom {
namespace {

using namespace std::string_view_literals;

// What the bytes say, composed again; "(not JSON)" when they say nothing.
std::string reread(std::string_view bytes) {
  JsonDocument document;
  return document.read(bytes) ? compose_from(document.root()).dump() : "(not JSON)";
}

std::string nested(std::size_t levels, std::string_view open = "[", std::string_view close = "]") {
  std::string out;
  for (std::size_t i = 0; i < levels; ++i) out += open;
  for (std::size_t i = 0; i < levels; ++i) out += close;
  return out;
}

TEST(JsonRead, CleanJsonIsNotTouched) {
  JsonDocument document;
  ASSERT_TRUE(document.read(R"({"a":"\\u0000 ü \ud83d\ude00","b":[1,-2.5,true,null]})"));
  EXPECT_FALSE(document.repaired());
  EXPECT_EQ(compose_from(document.root()).dump(), R"({"a":"\\u0000 ü 😀","b":[1,-2.5,true,null]})");
}

TEST(JsonRead, ReadsTwice) {
  JsonDocument document;
  ASSERT_TRUE(document.read("[1]"));
  ASSERT_FALSE(document.read("["));
  ASSERT_TRUE(document.read(R"(["\ud800"])"));
  EXPECT_TRUE(document.repaired());
}

TEST(JsonRead, DropsAByteOrderMark) {
  EXPECT_EQ(reread("\uFEFF{\"a\":1}"), R"({"a":1})");
  EXPECT_EQ(reread("\uFEFF\uFEFF{}"), "(not JSON)");
}

TEST(JsonRead, HalfSurrogatePairsAreReplaced) {
  EXPECT_EQ(reread(R"(["a\ud83d"])"), "[\"a\uFFFD\"]");
  EXPECT_EQ(reread(R"(["\ude00b"])"), "[\"\uFFFDb\"]");
  EXPECT_EQ(reread(R"(["\ud83d\ud83d\ude00"])"), "[\"\uFFFD😀\"]");
  EXPECT_EQ(reread(R"(["\ud83d\u0041"])"), "[\"\uFFFDA\"]");
  EXPECT_EQ(reread(R"(["\uD83D\\ude00"])"), "[\"\uFFFD\\\\ude00\"]");
  EXPECT_EQ(reread(R"({"\udfff":1})"), "{\"\uFFFD\":1}");
}

TEST(JsonRead, NulIsReplacedInKeysAndValues) {
  EXPECT_EQ(reread(R"({"k\u0000":"a\u0000b"})"), "{\"k\uFFFD\":\"a\uFFFDb\"}");
  EXPECT_EQ(reread("[\"a\0b\"]"sv), "[\"a\uFFFDb\"]");
  EXPECT_EQ(reread(R"(["\\u0000"])"), R"(["\\u0000"])");
  EXPECT_EQ(reread(R"(["\\\u0000"])"), "[\"\\\\\uFFFD\"]");
}

TEST(JsonRead, BrokenUtf8IsReplacedByteByByte) {
  EXPECT_EQ(reread("[\"a\xFFz\"]"), "[\"a\uFFFDz\"]");
  EXPECT_EQ(reread("[\"\xC3\"]"), "[\"\uFFFD\"]");
  EXPECT_EQ(reread("[\"\xED\xA0\x80\"]"), "[\"\uFFFD\uFFFD\uFFFD\"]");
  EXPECT_EQ(reread("[\xFF]"), "(not JSON)");
}

TEST(JsonRead, NumbersBeyondAnyTypeBecomeText) {
  EXPECT_EQ(reread("[1e999]"), R"(["1e999"])");
  EXPECT_EQ(reread("[-1E+400,2]"), R"(["-1E+400",2])");
  EXPECT_EQ(reread("[" + std::string(400, '9') + "]"), "[\"" + std::string(100, '9') + "\"]");
  EXPECT_EQ(reread("[9223372036854775807,-9223372036854775808]"),
            "[9223372036854775807,-9223372036854775808]");
  EXPECT_EQ(reread("[9223372036854775808,18446744073709551616]"),
            R"(["9223372036854775808","18446744073709551616"])");
}

TEST(JsonRead, WhatIsNoNumberStaysNone) {
  for (const std::string_view text : {"[01]", "[1.]", "[.5]", "[+1]", "[1e]", "[--1]", "[1e999e1]", "[-]",
                                      "[01e999]", "[1.e999]", "[0xff]"})
    EXPECT_EQ(reread(text), "(not JSON)") << text;
}

TEST(JsonRead, DeepPartsAreDropped) {
  EXPECT_EQ(reread(nested(kMaxJsonDepth)), nested(kMaxJsonDepth));
  EXPECT_EQ(reread("{\"a\":" + nested(3000) + ",\"b\":7}").substr(0, 6), "{\"a\":[");
  EXPECT_NE(reread("{\"a\":" + nested(3000) + ",\"b\":7}").find(",\"b\":7}"), std::string::npos);
  EXPECT_NE(reread("{\"a\":" + nested(3000, "{\"x\":[", "]}") + ",\"b\":7}").find(",\"b\":7}"),
            std::string::npos);
  EXPECT_EQ(reread(std::string(100'000, '[')), "(not JSON)");
}

TEST(JsonRead, BracketsInTextOfADroppedPartDoNotCount) {
  EXPECT_EQ(repair_json(R"([[["]\"]",1e999]],2])", 1), "[null,2]");
  EXPECT_EQ(repair_json(R"([[["]\"]",1e999]],2])", 2), "[[null],2]");
}

TEST(JsonRead, DamagedTextStaysRefused) {
  for (const std::string_view text :
       {"", " ", "{", "}", "[1", "\"abc", "\"abc\\", "\"\\u12", "[\"\\x\"]", "{\"a\" 1}", "nul", "[1]]",
        "{}x", "[\"\x01\"]", "]]]]", "\xEF\xBB\xBF"})
    EXPECT_EQ(reread(text), "(not JSON)") << text;
}

TEST(JsonFields, OfANameThatStandsTwiceTheLastCounts) {
  for (const std::string_view body : {R"({"a":1,"b":2,"a":3})", "\uFEFF{\"a\":1,\"b\":2,\"a\":3}"}) {
    JsonDocument document;
    ASSERT_TRUE(document.read(body));
    const JsonFields fields(document.root().get_object());
    EXPECT_EQ(as_bigint(*fields.get("a")), 3);
    EXPECT_EQ(as_bigint(*fields.get("b")), 2);
    EXPECT_FALSE(fields.get("c"));
    EXPECT_EQ(compose_from(document.root()).dump(), R"({"a":3,"b":2})");
  }
}

TEST(JsonRead, ConversionsGiveNothingForAnotherType) {
  JsonDocument document;
  ASSERT_TRUE(document.read(R"(["1",1,1.5,18446744073709551615,true,null,{},[]])"));
  int texts = 0, bigints = 0, bools = 0, objects = 0, arrays = 0;
  for (const JsonElement element : document.root().get_array()) {
    texts += as_text(element).has_value();
    bigints += as_bigint(element).has_value();
    bools += as_bool(element).has_value();
    objects += as_object(element).has_value();
    arrays += as_array(element).has_value();
  }
  EXPECT_EQ(texts, 1);
  EXPECT_EQ(bigints, 1);
  EXPECT_EQ(bools, 1);
  EXPECT_EQ(objects, 1);
  EXPECT_EQ(arrays, 1);
}

}  // namespace
}  // namespace calcom
