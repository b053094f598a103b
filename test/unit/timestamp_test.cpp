// Cal.com writes instants in three shapes and any offset; they must all be the same instant to us.
#include "core/base/timestamp.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>

namespace calcom {
namespace {

constexpr Micros kNov23 = 1'795'410'000 * kSecond;  // 2026-11-23T05:00:00Z

TEST(Timestamp, ReadsEveryShapeOfCalcom) {
  EXPECT_EQ(parse_timestamp("2026-11-23T05:00:00Z"), kNov23);
  EXPECT_EQ(parse_timestamp("2026-11-23T05:00:00.000Z"), kNov23);
  EXPECT_EQ(parse_timestamp("2026-11-23T05:00:00+00:00"), kNov23);
  EXPECT_EQ(parse_timestamp("2026-11-23T10:30:00+05:30"), kNov23);
  EXPECT_EQ(parse_timestamp("2026-11-22T21:30:00-07:30"), kNov23);
  EXPECT_EQ(parse_timestamp("2026-11-23t05:00:00z"), kNov23);
  EXPECT_EQ(parse_timestamp("2026-11-23 05:00:00-00:00"), kNov23);
}

TEST(Timestamp, CutsFractionsToMicroseconds) {
  EXPECT_EQ(parse_timestamp("2026-11-23T05:00:00.5Z"), kNov23 + 500'000);
  EXPECT_EQ(parse_timestamp("2026-11-23T05:00:00.123456Z"), kNov23 + 123'456);
  EXPECT_EQ(parse_timestamp("2026-11-23T05:00:00.123456999Z"), kNov23 + 123'456);
  EXPECT_EQ(parse_timestamp("1969-12-31T23:59:59.999999Z"), -1);
}

TEST(Timestamp, KnowsTheCalendar) {
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_timestamp("2000-02-29T00:00:00Z"), 951'782'400 * kSecond);
  EXPECT_EQ(parse_timestamp("2024-03-01T00:00:00Z").value() - parse_timestamp("2024-02-29T00:00:00Z").value(),
            kDay);
  EXPECT_EQ(parse_timestamp("2016-12-31T23:59:60Z"), parse_timestamp("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_timestamp("0001-01-01T00:00:00Z"), -62'135'596'800 * kSecond);
  EXPECT_EQ(parse_timestamp("9999-12-31T23:59:59.999999Z"), 253'402'300'800 * kSecond - 1);
}

TEST(Timestamp, RefusesWhatIsNoInstant) {
  constexpr std::array kBad = {
      "",
      "2026",
      "2026-11-23",
      "2026-11-23T05:00:00",
      "2026-11-23T05:00Z",
      "2026-11-23T05:00:00.Z",
      "2026-11-23T05:00:00.1234567890Z",
      "2026-11-23T05:00:00,5Z",
      "2026-11-23T05:00:00+0530",
      "2026-11-23T05:00:00+05",
      "2026-11-23T05:00:00+05:60",
      "2026-11-23T05:00:00+24:00",
      "2026-11-23T05:00:00Z ",
      " 2026-11-23T05:00:00Z",
      "2026-11-23T05:00:00ZZ",
      "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z",
      "2026-01-00T00:00:00Z",
      "2026-02-29T00:00:00Z",
      "1900-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z",
      "2026-11-23T24:00:00Z",
      "2026-11-23T05:60:00Z",
      "2026-11-23T05:00:61Z",
      "0000-01-01T00:00:00Z",
      "0001-01-01T00:00:00+00:01",
      "9999-12-31T23:59:60Z",
      "-026-11-23T05:00:00Z",
      "+026-11-23T05:00:00Z",
      "12026-11-23T05:00:00Z",
      "2026-13-41T99:00:00Z",
      "Invalid Date",
  };
  for (const char* text : kBad) EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
}

TEST(Timestamp, FormatsWithAFractionOnlyWhenThereIsOne) {
  EXPECT_EQ(format_timestamp(kNov23), "2026-11-23T05:00:00Z");
  EXPECT_EQ(format_timestamp(kNov23 + 500'000), "2026-11-23T05:00:00.5Z");
  EXPECT_EQ(format_timestamp(kNov23 + 1), "2026-11-23T05:00:00.000001Z");
  EXPECT_EQ(format_timestamp(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_timestamp(-62'135'596'800 * kSecond), "0001-01-01T00:00:00Z");
}

// Steps over the whole range by a prime number of microseconds, so that every field takes many values.
TEST(Timestamp, WhatIsFormattedReadsBackTheSame) {
  constexpr Micros kFirst = -62'135'596'800 * kSecond;
  constexpr Micros kLast = 253'402'300'800 * kSecond - 1;
  constexpr Micros kStep = 3'155'378'975'999'993;
  for (Micros at = kFirst; at <= kLast; at += kStep) {
    const std::string text = format_timestamp(at);
    ASSERT_EQ(parse_timestamp(text), at) << text;
  }
  EXPECT_EQ(parse_timestamp(format_timestamp(kLast)), kLast);
}

TEST(Timestamp, EveryDayOfFourCenturiesFollowsTheOneBefore) {
  CivilTime before = civil(-1 * kDay, 0);
  for (Micros day = 0; day < 146'097; ++day) {
    const CivilTime now = civil(day * kDay, 0);
    ASSERT_EQ(now.weekday, (before.weekday + 1) % 7);
    const bool next_day = now.day == before.day + 1 && now.month == before.month && now.year == before.year;
    const bool next_month = now.day == 1 && before.day >= 28 && now.month == before.month % 12 + 1;
    ASSERT_TRUE(next_day || next_month) << format_timestamp(day * kDay);
    before = now;
  }
}

TEST(Timestamp, CivilTimeIsOfTheOffset) {
  const CivilTime kolkata = civil(kNov23, 19'800);
  EXPECT_EQ(kolkata.hour, 10);
  EXPECT_EQ(kolkata.minute, 30);
  EXPECT_EQ(kolkata.weekday, 1);  // a Monday
  const CivilTime honolulu = civil(kNov23, -36'000);
  EXPECT_EQ(honolulu.day, 22);
  EXPECT_EQ(honolulu.hour, 19);
  EXPECT_EQ(honolulu.weekday, 0);
}

TEST(Timestamp, NoInstantIsTooFarToBeWritten) {
  EXPECT_EQ(format_timestamp(std::numeric_limits<Micros>::max()), "294247-01-10T04:00:54.775807Z");
  EXPECT_EQ(format_timestamp(std::numeric_limits<Micros>::min()), "-290308-12-21T19:59:05.224192Z");
  EXPECT_EQ(civil(std::numeric_limits<Micros>::min(), -86'399).year, -290'308);
}

}  // namespace
}  // namespace calcom
