// Cleaning of human text. Works on code points, because a control character may be three bytes long; what is
// not UTF-8 is repaired first.
#include <utility>

#include "core/base/escape.hpp"
#include "core/base/json_compose.hpp"

namespace calcom {

namespace {

// Takes one code point off the front of `rest`, which is valid UTF-8.
char32_t take_code_point(std::string_view& rest) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(rest[i])); };
  const char32_t first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t code = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) code = (code << 6) | (byte(i) & 0x3Fu);
  rest.remove_prefix(length);
  return code;
}

void append_utf8(std::string& out, char32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// Characters that turn the reading direction round: with them a title can be made to read as another one.
constexpr bool is_bidi_control(char32_t code) {
  return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

constexpr bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0xFEFF || code == 0x200B;
}

constexpr bool is_line_break(char32_t code) {
  return code == '\n' || code == 0x85 || code == 0x2028 || code == 0x2029 || code == 0x0B || code == 0x0C;
}

constexpr bool is_blank(char32_t code) {
  return code == ' ' || code == '\t' || code == 0xA0 || code == 0x3000 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x205F;
}

// Blanks and breaks are held back until the next visible character, so that both ends come out trimmed.
class Cleaner {
 public:
  Cleaner(bool keep_breaks, std::size_t max_characters)
      : keep_breaks_(keep_breaks), max_characters_(max_characters) {}

  bool full() const { return characters_ > max_characters_; }

  void put(char32_t code) {
    if (is_line_break(code)) {
      ++breaks_;
    } else if (is_blank(code)) {
      blank_ = true;
    } else if (!is_control(code) && !is_bidi_control(code)) {
      if (!out_.empty()) put_gap();
      breaks_ = 0;
      blank_ = false;
      append(code);
    }
  }

  std::string finish() && {
    if (full()) {
      out_.resize(cut_at_);
      while (!out_.empty() && (out_.back() == ' ' || out_.back() == '\n')) out_.pop_back();
      out_ += "…";
    }
    return std::move(out_);
  }

 private:
  void put_gap() {
    if (breaks_ > 0 && keep_breaks_) {
      append('\n');
      if (breaks_ > 1) append('\n');
    } else if (breaks_ > 0 || blank_) {
      append(' ');
    }
  }

  void append(char32_t code) {
    append_utf8(out_, code);
    if (++characters_ == max_characters_ - 1) cut_at_ = out_.size();  // leaves one place for the ellipsis
  }

  bool keep_breaks_;
  std::size_t max_characters_;
  std::size_t characters_ = 0;
  std::size_t cut_at_ = 0;
  std::size_t breaks_ = 0;
  bool blank_ = false;
  std::string out_;
};

std::string clean(std::string_view text, bool keep_breaks, std::size_t max_characters) {
  const std::string valid = clean_text(text);
  Cleaner cleaner(keep_breaks, max_characters);
  std::string_view rest = valid;
  while (!rest.empty() && !cleaner.full()) {
    if (rest.starts_with("\r\n")) rest.remove_prefix(1);
    const char32_t code = take_code_point(rest);
    cleaner.put(code == '\r' ? U'\n' : code);
  }
  return std::move(cleaner).finish();
}

}  // namespace

std::string one_line(std::string_view text, std::size_t max_characters) {
  return clean(text, false, max_characters);
}

std::string several_lines(std::string_view text, std::size_t max_characters) {
  return clean(text, true, max_characters);
}

}  // namespace calcom
