// Escaping by context (HTML, query, path) and the one decision which addresses may stand behind a link.
#include <algorithm>
#include <charconv>

#include "core/base/escape.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxUrl = 2048;

constexpr bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void append_percent(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 0xF];
}

std::string encode(std::string_view text, std::string_view also_plain) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_alphanumeric(c) || also_plain.find(c) != std::string_view::npos)
      out += c;
    else
      append_percent(out, c);
  }
  return out;
}

// What stands between "://" and the first of "/?#".
std::string_view authority(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

bool plain_authority(std::string_view text) {
  constexpr std::string_view kAllowed = ".-_:[]%";
  if (text.empty() || text.front() == ':') return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || kAllowed.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string html_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string form_encode(std::string_view value) {
  std::string out = encode(value, "*-._ ");
  std::replace(out.begin(), out.end(), ' ', '+');
  return out;
}

std::string path_encode(std::string_view segment) {
  return encode(segment, "-._~");
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '%') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    unsigned value = 0;
    if (text.size() < 3) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 3, value, 16);
    if (error != std::errc() || end != text.data() + 3) return std::nullopt;
    out += static_cast<char>(value);
    text.remove_prefix(3);
  }
  return out;
}

std::string safe_url(std::string_view url) {
  const std::string scheme = ascii_lower(url.substr(0, 8));
  if (url.size() > kMaxUrl || !(scheme.starts_with("https://") || scheme.starts_with("http://"))) return {};
  // Credentials ("https://bank.example@evil.example") fall here too: '@' is not plain.
  if (!plain_authority(authority(url))) return {};
  std::string out;
  out.reserve(url.size());
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7F || std::string_view("\"'<>\\^`{|}").find(c) != std::string_view::npos)
      return {};
    if (byte >= 0x80)
      append_percent(out, c);
    else
      out += c;
  }
  return out;
}

std::string url_host(std::string_view url) {
  std::string_view host = authority(url);
  if (host.starts_with('['))
    host = host.substr(0, host.find(']') + 1);
  else
    host = host.substr(0, host.find(':'));
  return ascii_lower(host);
}

}  // namespace calcom
