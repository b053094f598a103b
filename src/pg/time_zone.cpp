#include "pg/time_zone.hpp"

#include <algorithm>

#include "pg/text.hpp"

extern "C" {
#include "pgtime.h"
}

namespace calcom::pg {

namespace {

bool plausible_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
         c == '-' || c == '/';
}

// pg_tzset takes POSIX rules ("Foo+5") for any name that has no file. Names with a digit are rules unless
// they are among the few files that have one.
bool names_a_file(const std::string& zone) {
  if (zone.empty() || zone.size() > TZ_STRLEN_MAX) return false;
  if (!std::all_of(zone.begin(), zone.end(), plausible_character)) return false;
  const bool digit = std::any_of(zone.begin(), zone.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digit) return true;
  return zone.starts_with("Etc/GMT") || zone.starts_with("GMT") || zone == "EST5EDT" || zone == "CST6CDT" ||
         zone == "MST7MDT" || zone == "PST8PDT";
}

struct Local {
  bool known;
  int offset;
  char abbreviation[TZ_STRLEN_MAX + 1];
};

}  // namespace

ZonedTime zoned(Micros at, const std::string& zone) {
  if (names_a_file(zone)) {
    const char* name = zone.c_str();
    const Micros seconds = at / kSecond - (at % kSecond < 0 ? 1 : 0);
    const Local local = call([=] {
      Local found = {};
      const pg_tz* rules = pg_tzset(name);
      const pg_time_t instant = static_cast<pg_time_t>(seconds);
      const struct pg_tm* time = rules != nullptr ? pg_localtime(&instant, rules) : nullptr;
      if (time == nullptr) return found;
      found.known = true;
      found.offset = static_cast<int>(time->tm_gmtoff);
      strlcpy(found.abbreviation, time->tm_zone != nullptr ? time->tm_zone : "", sizeof found.abbreviation);
      return found;
    });
    if (local.known) return {at, local.offset, zone, local.abbreviation};
  }
  return {at, 0, "UTC", "UTC"};
}

}  // namespace calcom::pg
