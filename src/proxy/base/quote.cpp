// See quote.hpp.
#include "proxy/base/quote.hpp"

namespace calcom::proxy {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      constexpr std::string_view kHex = "0123456789abcdef";
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xf];
    } else {
      out += byte < 0x7f ? c : '?';
    }
  }
  return out += '"';
}

}  // namespace calcom::proxy
