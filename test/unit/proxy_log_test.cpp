// Log lines: readable by people and by programs, and impossible to forge from within a value.
#include "proxy/base/log.hpp"

#include <gtest/gtest.h>

namespace calcom::proxy {
namespace {

constexpr WallTime kTime{std::chrono::milliseconds(1700000000007)};

TEST(Log, TextLine) {
  AccessRecord record{"POST", "/api/webhooks/calcom", 200, 12, 3.14, "applied", "0199", "", ""};
  EXPECT_EQ(access_line(LogFormat::kText, kTime, record),
            "time=2023-11-14T22:13:20.007Z method=POST path=/api/webhooks/calcom status=200 bytes=12 ms=3.1 "
            "outcome=applied event_id=0199\n");
}

TEST(Log, JsonLine) {
  AccessRecord record{"POST", "-", 401, 0, 0, "", "", "KC403", "set \"it\""};
  EXPECT_EQ(
      access_line(LogFormat::kJson, kTime, record),
      R"({"time":"2023-11-14T22:13:20.007Z","method":"POST","path":"-","status":401,"bytes":0,"ms":0.0,)"
      R"("sqlstate":"KC403","hint":"set \"it\""})"
      "\n");
}

TEST(Log, AValueCannotStartALineOfItsOwn) {
  EXPECT_EQ(message_line(LogFormat::kText, kTime, "a\nb\x80"),
            "time=2023-11-14T22:13:20.007Z message=a\\u000ab?\n");
}

}  // namespace
}  // namespace calcom::proxy
