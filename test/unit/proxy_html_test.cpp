// Templates of the pages: whatever a value holds, it stays text.
#include "proxy/page/html.hpp"

#include <gtest/gtest.h>

namespace calcom::proxy {
namespace {

TEST(Html, ValuesAreText) {
  EXPECT_EQ(fill_template("<p title=\"{{a}}\">{{a}}</p>", {{"a", "<b a='\"'>&"}}),
            "<p title=\"&lt;b a=&#39;&quot;&#39;&gt;&amp;\">&lt;b a=&#39;&quot;&#39;&gt;&amp;</p>");
  EXPECT_EQ(fill_template("{{a}}{{b}}", {{"a", "{{b}}"}, {"b", "x"}}), "{{b}}x");
  EXPECT_EQ(fill_template("[{{unknown}}]", {}), "[]");
  EXPECT_EQ(fill_template("{{raw:a}}", {{"a", "<b>"}}), "<b>");
}

TEST(Html, AssetsByAddress) {
  EXPECT_EQ(fill_template("{{asset:no&such.css}}", {}), "/assets/no&amp;such.css");
}

TEST(Html, SectionsStandOrFallWithTheirValue) {
  const auto* text = "a{{#m}}<p>{{m}}{{n}}</p>{{/m}}{{^m}}none{{/m}}z";
  EXPECT_EQ(fill_template(text, {{"m", "hi"}, {"n", "!"}}), "a<p>hi!</p>z");
  EXPECT_EQ(fill_template(text, {{"m", ""}}), "anonez");
  EXPECT_EQ(fill_template(text, {}), "anonez");
}

TEST(Html, WhatIsNotClosedStaysVisible) {
  EXPECT_EQ(fill_template("a{{b", {{"b", "x"}}), "a{{b");
  EXPECT_EQ(fill_template("a{{#b}}c", {{"b", "x"}}), "ac");
  EXPECT_EQ(fill_template("", {}), "");
  EXPECT_EQ(fill_template("}}a{{b}}", {{"b", "x"}}), "}}ax");
}

}  // namespace
}  // namespace calcom::proxy
