// See json_repair.hpp.
#include "core/base/json_repair.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include "core/base/json_compose.hpp"

namespace calcom {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t kMaxNumberText = 100;

bool is_high_surrogate(unsigned unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(unsigned unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

// The four hex digits of `\uXXXX` at the front of `text`.
std::optional<unsigned> unicode_escape(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const char* end = text.data() + 6;
  const auto [stop, error] = std::from_chars(text.data() + 2, end, unit, 16);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return unit;
}

bool is_number_char(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

template <typename Number>
bool fits(std::string_view token) {
  Number value{};
  const char* end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, value);
  return error == std::errc{} && stop == end;
}

// JSON's grammar of a number, so that nothing but a number is turned into text.
bool is_json_number(std::string_view token) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < token.size() && token[at] >= '0' && token[at] <= '9') ++at;
    return at - from;
  };
  const auto accept = [&](std::string_view any_of) {
    const bool found = at < token.size() && any_of.find(token[at]) != std::string_view::npos;
    if (found) ++at;
    return found;
  };
  accept("-");
  const bool zero = at < token.size() && token[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (accept(".") && digits() == 0) return false;
  if (accept("eE")) {
    accept("+-");
    if (digits() == 0) return false;
  }
  return at == token.size();
}

bool is_representable(std::string_view token) {
  if (token.find_first_of(".eE") != std::string_view::npos) return fits<double>(token);
  return fits<std::int64_t>(token) || fits<std::uint64_t>(token);
}

class JsonRepairer {
 public:
  JsonRepairer(std::string_view text, std::size_t max_depth) : rest_(text), max_depth_(max_depth) {
    out_.reserve(text.size() + text.size() / 8);
  }

  std::string run() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '"')
        string();
      else if (c == '{' || c == '[')
        open(c);
      else if (c == '}' || c == ']')
        close(c);
      else if (is_number_char(c))
        number();
      else
        copy(1);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool dropping() const { return depth_ > max_depth_; }

  void copy(std::size_t count) {
    if (!dropping()) out_ += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  void emit(std::string_view text) {
    if (!dropping()) out_ += text;
  }

  void string() {
    copy(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\')
        escape();
      else
        copy(std::min(rest_.find_first_of("\"\\"), rest_.size()));
    }
    if (!rest_.empty()) copy(1);
  }

  void escape() {
    const std::optional<unsigned> unit = unicode_escape(rest_);
    if (!unit) return copy(std::min<std::size_t>(2, rest_.size()));
    const std::optional<unsigned> next = unicode_escape(rest_.substr(6));
    if (is_high_surrogate(*unit) && next && is_low_surrogate(*next)) return copy(12);
    if (*unit != 0 && !is_high_surrogate(*unit) && !is_low_surrogate(*unit)) return copy(6);
    emit(kReplacement);
    rest_.remove_prefix(6);
  }

  // What opens below max_depth is skipped up to the bracket that closes it. Kinds are not matched there: two
  // wrong brackets in a part that nobody reads are no reason to lose a booking.
  void open(char bracket) {
    ++depth_;
    if (depth_ == max_depth_ + 1) out_ += "null";
    emit({&bracket, 1});
    rest_.remove_prefix(1);
  }

  void close(char bracket) {
    emit({&bracket, 1});
    if (depth_ > 0) --depth_;
    rest_.remove_prefix(1);
  }

  void number() {
    std::size_t length = 0;
    while (length < rest_.size() && is_number_char(rest_[length])) ++length;
    const std::string_view token = rest_.substr(0, length);
    if (!is_json_number(token) || is_representable(token)) return copy(length);
    emit("\"");
    emit(token.substr(0, kMaxNumberText));
    emit("\"");
    rest_.remove_prefix(length);
  }

  std::string_view rest_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string repair_json(std::string_view bytes, std::size_t max_depth) {
  if (bytes.substr(0, kByteOrderMark.size()) == kByteOrderMark) bytes.remove_prefix(kByteOrderMark.size());
  const std::string clean = clean_text(bytes);
  return JsonRepairer(clean, max_depth).run();
}

}  // namespace calcom
