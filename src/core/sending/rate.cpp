// Resend tells its limits in headers of every answer and they differ between accounts, so they are read,
// never assumed. Values out of all reason count as absent: a mistaken proxy must not stop the queue for a
// year.
#include "core/sending/rate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string_view>

namespace calcom {

namespace {

constexpr Micros kShortestWait = kSecond;
constexpr Micros kLongestWait = kDay;
constexpr Micros kYoungDay = 10 * kMinute;
constexpr Micros kYoungDayPause = 2 * kMinute;

std::string_view header(const Answer& answer, std::string_view name) {
  const auto found = answer.headers.find(name);
  if (found == answer.headers.end()) return {};
  std::string_view value = found->second;
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  return value;
}

// All of `text` as a number from 0 to `most`.
std::optional<int> number(std::string_view text, int most) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 0 || value > most) return std::nullopt;
  return value;
}

std::optional<unsigned> month_number(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<unsigned>(found - kNames.begin()) + 1;
}

// "Sun, 06 Nov 1994 08:49:37 GMT": the only form that HTTP still lets senders write.
std::optional<Micros> http_date(std::string_view text) {
  constexpr std::string_view kShape = "xxx, dd mmm yyyy hh:mm:ss GMT";
  if (text.size() != kShape.size() || text.substr(3, 2) != ", " || text.substr(25) != " GMT" ||
      text[19] != ':' || text[22] != ':')
    return std::nullopt;
  const auto day = number(text.substr(5, 2), 31);
  const auto month = month_number(text.substr(8, 3));
  const auto year = number(text.substr(12, 4), 9999);
  const auto hour = number(text.substr(17, 2), 23);
  const auto minute = number(text.substr(20, 2), 59);
  const auto second = number(text.substr(23, 2), 60);
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Micros{std::chrono::sys_days(date).time_since_epoch().count()} * kDay + *hour * kHour +
         *minute * kMinute + *second * kSecond;
}

// "10;w=1": the limit's window in seconds.
std::optional<int> window_of(std::string_view policy) {
  const std::size_t at = policy.find(";w=");
  if (at == std::string_view::npos) return std::nullopt;
  policy.remove_prefix(at + 3);
  const auto seconds = number(policy.substr(0, policy.find_first_of(";,")), 86'400);
  return seconds == 0 ? std::nullopt : seconds;
}

}  // namespace

std::optional<Micros> retry_after(const Answer& answer, Micros now) {
  const std::string_view text = header(answer, "retry-after");
  std::optional<Micros> at = http_date(text);
  if (const auto seconds = number(text, 1'000'000'000)) at = now + *seconds * kSecond;
  if (!at) return std::nullopt;
  return std::clamp(*at, now + kShortestWait, now + kLongestWait);
}

Micros next_utc_midnight(Micros now) {
  const Micros into_day = ((now % kDay) + kDay) % kDay;
  return now - into_day + kDay;
}

Micros daily_quota_renewed(Micros now) {
  const Micros midnight = next_utc_midnight(now);
  const bool day_is_young = now - (midnight - kDay) < kYoungDay;
  return day_is_young ? now + kYoungDayPause : midnight;
}

RateAdvice rate_advice(const Answer& answer, Micros now) {
  RateAdvice advice;
  advice.limit = number(header(answer, "ratelimit-limit"), 1'000'000);
  if (advice.limit == 0) advice.limit.reset();  // would mean: never send again
  advice.window = window_of(header(answer, "ratelimit-policy"));
  advice.remaining = number(header(answer, "ratelimit-remaining"), 1'000'000);
  if (const auto seconds = number(header(answer, "ratelimit-reset"), 86'400))
    advice.reset_at = now + *seconds * kSecond;
  return advice;
}

}  // namespace calcom
