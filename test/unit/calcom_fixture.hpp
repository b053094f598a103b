// Reads Cal.com's request bodies as they were captured, and parses them.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "core/booking/event.hpp"

namespace calcom {

inline std::string calcom_fixture(const std::string& file) {
  std::ifstream in(std::string(CALCOM_FIXTURES) + "/calcom/" + file, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << file;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline Parsed parse_fixture(const std::string& file) {
  return parse_event(calcom_fixture(file));
}

inline std::optional<Value> detail_of(const Event& event, Detail detail) {
  for (const auto& [carried, value] : event.details)
    if (carried == detail) return value;
  return std::nullopt;
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

}  // namespace calcom
