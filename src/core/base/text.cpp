// See text.hpp.
#include "core/base/text.hpp"

#include <algorithm>
#include <cstring>

namespace calcom {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kMaxEmail = 320;  // 64 + @ + 255

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool has_blank_or_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
  return text.size() > scheme.size() && lower_ascii(text.substr(0, scheme.size())) == scheme;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string_view cut_utf8(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0U) == 0x80U) --max;
  return text.substr(0, max);
}

std::string normal_email(std::string_view text) {
  const std::string_view bare = trimmed(text);
  if (bare.size() > kMaxEmail || has_blank_or_control(bare)) return {};
  return lower_ascii(bare);
}

bool is_mailable(std::string_view address) {
  const auto at = address.find('@');
  if (at == 0 || at == std::string_view::npos || at + 1 == address.size()) return false;
  if (address.find('@', at + 1) != std::string_view::npos) return false;
  const auto refused = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7F || c == ',' || c == ';' || c == '<' || c == '>' || c == '"';
  };
  if (std::any_of(address.begin(), address.end(), refused)) return false;
  return address.substr(at) != "@sms.cal.com";
}

bool is_answerable(std::string_view address) {
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && std::strchr("()[]:\\", c) == nullptr;
  };
  if (!is_mailable(address) || !std::all_of(address.begin(), address.end(), plain)) return false;
  const auto dots_stand_between = [](std::string_view text) {
    return !text.starts_with('.') && !text.ends_with('.') && text.find("..") == std::string_view::npos;
  };
  const std::size_t at = address.find('@');
  const std::string_view domain = address.substr(at + 1);
  return dots_stand_between(address.substr(0, at)) && dots_stand_between(domain) &&
         domain.find('.') != std::string_view::npos;
}

bool is_http_url(std::string_view text) {
  if (has_blank_or_control(text)) return false;
  return starts_with_scheme(text, "https://") || starts_with_scheme(text, "http://");
}

std::string sender_address(std::string_view from) {
  const std::size_t open = from.rfind('<');
  if (open == std::string_view::npos) return normal_email(from);
  return normal_email(from.substr(open + 1, from.find('>', open) - open - 1));
}

std::string sender_domain(std::string_view from) {
  const std::string address = sender_address(from);
  const std::size_t at = address.rfind('@');
  return at == std::string::npos ? std::string() : lower_ascii(std::string_view(address).substr(at + 1));
}

}  // namespace calcom
