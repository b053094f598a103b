// Composed JSON must be accepted by PostgreSQL whatever text went in, and be the same bytes for the same
// calls.
#include "core/base/json_compose.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace calcom {
namespace {

using namespace std::string_view_literals;

TEST(JsonCompose, KeepsTheOrderOfInsertionOrSortsOnRequest) {
  JsonObject object;
  object.set("b", 1).set("a", "x").set("c", true).set("d", Null{});
  EXPECT_EQ(object.dump(), R"({"b":1,"a":"x","c":true,"d":null})");
  EXPECT_EQ(object.dump(KeyOrder::kSorted), R"({"a":"x","b":1,"c":true,"d":null})");
}

TEST(JsonCompose, SortsNestedObjectsToo) {
  JsonObject inner;
  inner.set("z", 1).set("y", 2);
  JsonArray list;
  list.push(std::move(inner)).push(JsonArray()).push(JsonObject());
  JsonObject outer;
  outer.set("list", std::move(list));
  EXPECT_EQ(outer.dump(KeyOrder::kSorted), R"({"list":[{"y":2,"z":1},[],{}]})");
}

TEST(JsonCompose, ASecondSetReplacesInPlace) {
  JsonObject object;
  object.set("a", 1).set("b", 2).set("a", "new");
  EXPECT_EQ(object.dump(), R"({"a":"new","b":2})");
  EXPECT_EQ(object.size(), 2U);
}

TEST(JsonCompose, HoldsTheWholeRangeOfBigint) {
  JsonArray list;
  list.push(std::numeric_limits<std::int64_t>::min()).push(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(list.dump(), "[-9223372036854775808,9223372036854775807]");
  EXPECT_EQ(list.size(), 2U);
}

TEST(JsonCompose, TextLiteralsAreTextNotBooleans) {
  const char* pointer = "p";
  JsonArray list;
  list.push("literal").push(pointer).push(std::string("s")).push("view"sv).push(false);
  EXPECT_EQ(list.dump(), R"(["literal","p","s","view",false])");
}

TEST(JsonCompose, NotFiniteNumbersBecomeNull) {
  JsonArray list;
  list.push(1.5).push(std::numeric_limits<double>::infinity()).push(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(list.dump(), "[1.5,null,null]");
}

TEST(JsonCompose, NulAndBrokenUtf8AreReplacedInKeysAndValues) {
  JsonObject object;
  object.set("k\0\xFF"sv, "a\0b\xC3"sv);
  EXPECT_EQ(object.dump(), "{\"k\uFFFD\uFFFD\":\"a\uFFFDb\uFFFD\"}");
}

TEST(CleanText, LeavesEveryValidSequenceAlone) {
  const std::string_view text = "a\u007F\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF";
  EXPECT_TRUE(is_clean_text(text));
  EXPECT_EQ(clean_text(text), text);
}

TEST(CleanText, ReplacesByteByByte) {
  EXPECT_EQ(clean_text("\x80"sv), "\uFFFD");
  EXPECT_EQ(clean_text("\xC0\xAF"sv), "\uFFFD\uFFFD");            // overlong slash
  EXPECT_EQ(clean_text("\xE0\x80\x80"sv), "\uFFFD\uFFFD\uFFFD");  // overlong
  EXPECT_EQ(clean_text("\xED\xA0\x80"sv), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(clean_text("\xF0\x80\x80\x80"sv), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(clean_text("\xF4\x90\x80\x80"sv), "\uFFFD\uFFFD\uFFFD\uFFFD");  // above U+10FFFF
  EXPECT_EQ(clean_text("\xE2\x82"sv), "\uFFFD\uFFFD");                      // cut off
  EXPECT_EQ(clean_text("\xE2\x82x\xFFy"sv), "\uFFFD\uFFFDx\uFFFDy");
}

}  // namespace
}  // namespace calcom
