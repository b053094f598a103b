// Content lines of RFC 5545 3.1, written: each ended by CR LF and folded by octets, never within a character
// of UTF-8 (invalid UTF-8 is folded too). Internal to core.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/base/text.hpp"

namespace calcom {

class IcsLines {
 public:
  void add(std::string_view line) {
    constexpr std::size_t kMaxLine = 75;  // octets
    std::string_view rest = line;
    std::size_t room = kMaxLine;
    while (rest.size() > room) {
      std::string_view piece = cut_utf8(rest, room);
      if (piece.empty()) piece = rest.substr(0, room);
      out_.append(piece).append("\r\n ");
      rest.remove_prefix(piece.size());
      room = kMaxLine - 1;  // the blank counts
    }
    out_.append(rest).append("\r\n");
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace calcom
