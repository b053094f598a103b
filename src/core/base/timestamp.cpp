// See timestamp.hpp. Own calendar arithmetic, because std::chrono's years end at 32,767 and an int64 of
// microseconds does not.
#include "core/base/timestamp.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace calcom {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr Micros kFirst = -62'135'596'800 * kSecond;        // 0001-01-01T00:00:00Z
constexpr Micros kLast = 253'402'300'800 * kSecond - 1;     // 9999-12-31T23:59:59.999999Z
constexpr std::int64_t kDaysPerEra = 146'097;               // 400 years
constexpr std::int64_t kDaysFromMarchOfYearZero = 719'468;  // to 1970-01-01

// Days since 1970-01-01 of a proleptic Gregorian date; years counted from March, so that the leap day is
// last.
constexpr std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  if (month <= 2) --year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - kDaysFromMarchOfYearZero;
}

constexpr int days_in_month(int year, int month) {
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (month == 2) return leap ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// Reads a text from the front; once something did not fit, `ok` stays false.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int number(int digits) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      const char c = take();
      if (c < '0' || c > '9') ok = false;
      value = value * 10 + (c - '0');
    }
    return ok ? value : 0;
  }
  void expect(std::string_view any_of) {
    if (any_of.find(take()) == std::string_view::npos) ok = false;
  }
  char take() {
    if (rest_.empty()) {
      ok = false;
      return '\0';
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool ok = true;

 private:
  std::string_view rest_;
};

// ".5" to ".123456789" in microseconds, what is finer is cut; 0 when there is no fraction.
Micros read_fraction(Reader& reader) {
  if (reader.peek() != '.') return 0;
  reader.take();
  Micros micros = 0;
  int digits = 0;
  for (; reader.peek() >= '0' && reader.peek() <= '9'; ++digits) {
    const int digit = reader.take() - '0';
    if (digits < 6) micros = micros * 10 + digit;
  }
  if (digits < 1 || digits > 9) reader.ok = false;
  for (int i = digits; i < 6; ++i) micros *= 10;
  return micros;
}

std::int64_t read_offset_seconds(Reader& reader) {
  const char sign = reader.take();
  if (sign == 'Z' || sign == 'z') return 0;
  if (sign != '+' && sign != '-') reader.ok = false;
  const int hours = reader.number(2);
  reader.expect(":");
  const int minutes = reader.number(2);
  if (hours > 23 || minutes > 59) reader.ok = false;
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return sign == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<Micros> parse_timestamp(std::string_view text) {
  Reader reader(text);
  const int year = reader.number(4);
  reader.expect("-");
  const int month = reader.number(2);
  reader.expect("-");
  const int day = reader.number(2);
  reader.expect("Tt ");
  const int hour = reader.number(2);
  reader.expect(":");
  const int minute = reader.number(2);
  reader.expect(":");
  const int second = reader.number(2);
  const Micros fraction = read_fraction(reader);
  const std::int64_t offset = read_offset_seconds(reader);
  if (!reader.ok || !reader.at_end()) return std::nullopt;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t seconds =
      days_from_civil(year, month, day) * kSecondsPerDay + hour * 3600 + minute * 60 + second - offset;
  const Micros at = seconds * kSecond + fraction;
  if (at < kFirst || at > kLast) return std::nullopt;
  return at;
}

CivilTime civil(Micros at, int utc_offset_seconds) {
  const std::int64_t seconds = floor_div(at, kSecond) + utc_offset_seconds;
  const std::int64_t days = floor_div(seconds, kSecondsPerDay);
  const auto second_of_day = static_cast<int>(seconds - days * kSecondsPerDay);
  const std::int64_t shifted = days + kDaysFromMarchOfYearZero;
  const std::int64_t era = floor_div(shifted, kDaysPerEra);
  const std::int64_t day_of_era = shifted - era * kDaysPerEra;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto month_from_march = static_cast<int>((5 * day_of_year + 2) / 153);
  CivilTime out;
  out.day = static_cast<int>(day_of_year) - (153 * month_from_march + 2) / 5 + 1;
  out.month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  out.year = static_cast<int>(year_of_era + era * 400) + (out.month <= 2 ? 1 : 0);
  out.hour = second_of_day / 3600;
  out.minute = second_of_day / 60 % 60;
  out.second = second_of_day % 60;
  out.weekday = static_cast<int>(days + 4 - 7 * floor_div(days + 4, 7));
  return out;
}

std::string format_timestamp(Micros at) {
  const CivilTime t = civil(at, 0);
  std::array<char, 64> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%04d-%02d-%02dT%02d:%02d:%02d", t.year,
                                   t.month, t.day, t.hour, t.minute, t.second);
  std::string out(buffer.data(), static_cast<std::size_t>(length));
  const auto fraction = static_cast<int>((at % kSecond + kSecond) % kSecond);
  if (fraction != 0) {
    const int digits = std::snprintf(buffer.data(), buffer.size(), ".%06d", fraction);
    out.append(buffer.data(), static_cast<std::size_t>(digits));
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + 'Z';
}

}  // namespace calcom
