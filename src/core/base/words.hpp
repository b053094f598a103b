// Enumerations that are stored as text: one list of words for each, in the order of its enumerators. The CHECK of
// every column that holds such a word is compared with the same list (sql/enumerated.sql).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace calcom {

// Specialised beside each enumeration: `static constexpr std::array list{…}` of std::string_view, one word per
// enumerator. kLast is the last enumerator, so that a forgotten word does not compile.
template <typename Enum>
struct Words;

template <typename Enum>
constexpr std::string_view name(Enum value) {
  static_assert(Words<Enum>::list.size() == static_cast<std::size_t>(Words<Enum>::kLast) + 1);
  return Words<Enum>::list[static_cast<std::size_t>(value)];
}

// nullopt: the word is not in the list.
template <typename Enum>
constexpr std::optional<Enum> parse(std::string_view word) {
  const auto& list = Words<Enum>::list;
  const auto* const found = std::find(list.begin(), list.end(), word);
  return found == list.end() ? std::nullopt : std::optional(static_cast<Enum>(found - list.begin()));
}

}  // namespace calcom
