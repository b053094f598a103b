// Any text: what reads as an instant is in range and reads back the same once written.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "core/base/timestamp.hpp"
#include "require.hpp"

using namespace calcom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const std::optional<Micros> at = parse_timestamp(text)) {
    const std::string written = format_timestamp(*at);
    REQUIRE(written.size() >= 20 && written.size() <= 27);
    REQUIRE(parse_timestamp(written) == at);
  }
  Micros any = 0;
  if (size >= sizeof any) {
    std::memcpy(&any, data, sizeof any);
    const CivilTime time = civil(any, static_cast<int>(size % 86'400));
    REQUIRE(time.month >= 1 && time.month <= 12 && time.day >= 1 && time.day <= 31);
    REQUIRE(time.hour >= 0 && time.hour < 24 && time.minute >= 0 && time.minute < 60);
    REQUIRE(time.second >= 0 && time.second < 60 && time.weekday >= 0 && time.weekday < 7);
    REQUIRE(!format_timestamp(any).empty());
  }
  return 0;
}
