// See ics_read.hpp.
#include "core/mail/ics_read.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/text.hpp"
#include "core/base/timestamp.hpp"
#include "core/mail/ics.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxLines = 500;

// Control characters, and what some readers take for the end of a line though RFC 5545 knows CR LF only.
bool breaks_lines(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < line.size() && static_cast<unsigned char>(line[i + 1]) < 0xA0) return true;
    if (line.substr(i, 3) == "\xE2\x80\xA8" || line.substr(i, 3) == "\xE2\x80\xA9") return true;
  }
  return false;
}

template <typename Number>
std::optional<Number> number_of(std::string_view digits) {
  Number out = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, out);
  return error == std::errc() && end == last && out >= 0 ? std::optional(out) : std::nullopt;
}

// "20261125T070000Z", the form in which Cal.com writes instants; another one is not looked into.
std::optional<Micros> utc_of(std::string_view v) {
  if (v.size() != 16 || v[8] != 'T' || v[15] != 'Z') return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t length) { return std::string(v.substr(at, length)); };
  return parse_timestamp(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(9, 2) + ":" +
                         part(11, 2) + ":" + part(13, 2) + "Z");
}

Micros unit_of(char unit, bool of_day) {
  if (!of_day) return unit == 'W' ? 7 * kDay : unit == 'D' ? kDay : 0;
  return unit == 'H' ? kHour : unit == 'M' ? kMinute : unit == 'S' ? kSecond : 0;
}

// "PT30M", "P1DT2H", "P1W".
std::optional<Micros> duration_of(std::string_view v) {
  if (v.size() < 3 || v.size() > 30 || v.front() != 'P') return std::nullopt;  // no sum can overflow
  v.remove_prefix(1);
  Micros sum = 0;
  bool of_day = false;
  while (!v.empty()) {
    if (v.front() == 'T' && !of_day) {
      of_day = true;
      v.remove_prefix(1);
    }
    const std::size_t digits = v.find_first_not_of("0123456789");
    if (digits == 0 || digits > 6 || digits == std::string_view::npos) return std::nullopt;
    const Micros unit = unit_of(v[digits], of_day);
    const auto number = number_of<Micros>(v.substr(0, digits));
    if (unit == 0 || !number) return std::nullopt;
    sum += *number * unit;
    v.remove_prefix(digits + 1);
  }
  return sum;
}

std::optional<std::string> address_of(std::string_view value) {
  constexpr std::string_view kScheme = "mailto:";
  if (lower_ascii(value.substr(0, kScheme.size())) != kScheme) return std::nullopt;
  std::string address = normal_email(value.substr(kScheme.size()));
  return address.empty() ? std::nullopt : std::optional(std::move(address));
}

struct Property {
  std::string name;  // lower case
  std::string_view parameters, value;
};

// A colon within quotes does not end the parameters.
std::optional<Property> property_of(std::string_view line) {
  const std::size_t name =
      line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
  if (name == 0 || name == std::string_view::npos || (line[name] != ';' && line[name] != ':'))
    return std::nullopt;
  bool quoted = false;
  for (std::size_t i = name; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == ':' && !quoted)
      return Property{lower_ascii(line.substr(0, name)), line.substr(name, i - name), line.substr(i + 1)};
  }
  return std::nullopt;
}

// Every step returns false where the file is refused; `why` then says why.
class Reader {
 public:
  bool read(std::string_view file) {
    if (file.size() > kMaxIcsFile) return no("too large");
    if (!simdjson::validate_utf8(file.data(), file.size())) return no("not UTF-8");
    if (!unfold(file)) return false;
    for (const std::string& line : out_.lines)
      if (!read_line(line)) return false;
    if (!over_ || events_ != 1 || version_ != "2.0") return no("not one calendar");
    return settle();
  }
  IcsContents take() { return std::move(out_); }
  [[nodiscard]] std::string_view why() const { return why_; }

 private:
  bool no(std::string_view why) {
    why_ = why;
    return false;
  }

  // Ends are CR LF or LF; only the last one may be missing or repeated.
  bool unfold(std::string_view file) {
    bool ended = false;
    while (!file.empty()) {
      const std::size_t end = std::min(file.find('\n'), file.size());
      std::string_view line = file.substr(0, end);
      file.remove_prefix(std::min(end + 1, file.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (breaks_lines(line)) return no("control characters");
      ended = ended || line.empty();
      if (line.empty()) continue;
      const bool continues = line.front() == ' ' || line.front() == '\t';
      if (ended || (continues && out_.lines.empty())) return no("not content lines");
      if (out_.lines.size() == kMaxLines) return no("too large");
      continues ? void(out_.lines.back().append(line.substr(1))) : void(out_.lines.emplace_back(line));
    }
    return true;
  }

  bool read_line(std::string_view line) {
    const auto property = property_of(line);
    if (!property) return no("not content lines");
    if (over_) return no("not one calendar");
    if (property->name == "begin") return begin(lower_ascii(property->value));
    if (open_.empty()) return no("not one calendar");
    if (property->name == "end") return end(lower_ascii(property->value));
    return open_.size() == 2 ? read_of_event(*property) : read_of_calendar(*property);
  }

  // RFC 5545 §3.6 knows these four; a person who stands here is read by some and judged by nobody.
  bool read_of_calendar(const Property& property) {
    const std::string& name = property.name;
    if (name == "method") return once(out_.method, property.value);
    if (name == "version") return once(version_, property.value);
    const bool harmless = name == "prodid" || name == "calscale" || name.starts_with("x-");
    return harmless || no("a property that belongs into an event");
  }

  // A time zone is not needed where times are in UTC, and an alarm is the recipient's own matter.
  bool begin(std::string what) {
    const bool calendar = open_.empty() && what == "vcalendar";
    const bool event = open_.size() == 1 && what == "vevent";
    if (!calendar && !event) return no("a component that is no event");
    events_ += event ? 1 : 0;
    open_.push_back(std::move(what));
    return true;
  }

  bool end(std::string_view what) {
    if (open_.back() != what) return no("BEGIN and END do not match");
    open_.pop_back();
    over_ = open_.empty();
    return true;
  }

  bool read_of_event(const Property& property) {
    constexpr std::array<std::string_view, 5> kSeries = {"rrule", "rdate", "exrule", "exdate",
                                                         "recurrence-id"};
    const std::string& name = property.name;
    const std::string_view value = property.value;
    if (std::find(kSeries.begin(), kSeries.end(), name) != kSeries.end()) return no("a series");
    if (name == "attach") return no("an attachment within");
    if (name == "uid") return once(out_.uid, ics_unescaped(value));
    if (name == "status") return once(out_.status, value);
    if (name == "organizer") return person(value) && once(out_.organizer, person_);
    if (name == "attendee") return person(value) && (out_.attendees.push_back(person_), true);
    if (name == "dtstart") return instant(property, start_);
    if (name == "dtend") return instant(property, end_);
    if (name == "duration") return once(length_, duration_of(value));
    return name != "sequence" || once(sequence_, number_of<std::int64_t>(value));
  }

  bool person(std::string_view value) {
    const auto address = address_of(value);
    if (!address) return no("a person without an address");
    person_ = *address;
    return true;
  }

  bool instant(const Property& property, std::optional<Micros>& field) {
    if (!property.parameters.empty()) return no("a time that is not in UTC");
    return once(field, utc_of(property.value));
  }

  bool once(std::string& field, std::string_view value) {
    if (!field.empty() || value.empty()) return no("a property that must stand once");
    field = value;
    return true;
  }
  bool once(std::optional<std::int64_t>& field, std::optional<std::int64_t> value) {
    if (field) return no("a property that must stand once");
    if (!value) return no("a number or time that cannot be read");
    field = value;
    return true;
  }

  bool settle() {
    if (out_.uid.empty() || !start_ || out_.organizer.empty()) return no("an event without what it needs");
    if (end_ && length_) return no("a property that must stand once");
    if (sequence_.value_or(0) > kMaxSequence) return no("a number or time that cannot be read");
    out_.start = *start_;
    out_.end = length_ ? std::optional(*start_ + *length_) : end_;
    out_.sequence = sequence_.value_or(0);
    return true;
  }

  IcsContents out_;
  std::string_view why_;
  std::vector<std::string> open_;  // components
  int events_ = 0;
  bool over_ = false;
  std::string version_, person_;
  std::optional<Micros> start_, end_, length_;
  std::optional<std::int64_t> sequence_;
};

}  // namespace

std::string ics_unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

std::variant<IcsContents, std::string_view> read_ics(std::string_view file) {
  Reader reader;
  if (!reader.read(file)) return reader.why();
  return reader.take();
}

}  // namespace calcom
