// Log lines: readable by people and by programs, and impossible to forge from within a value.
#include "proxy/base/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>

#include "proxy/base/nonblocking_writer.hpp"

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
            "time=2023-11-14T22:13:20.007Z message=a\\nb\xEF\xBF\xBD\n");
}

// A pipe of one page.
class NonblockingWriterTest : public testing::Test {
 protected:
  NonblockingWriterTest() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(pipe(ends), 0);
    writer = NonblockingWriter(ends[1], [](std::size_t lines) { return std::to_string(lines) + " lost\n"; });
    fcntl(ends[1], F_SETPIPE_SZ, 4096);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  ~NonblockingWriterTest() override {
    close(ends[0]);
    close(ends[1]);
  }

  std::string read_all() {
    std::string all;
    char piece[4096];
    for (ssize_t size = 0; (size = read(ends[0], piece, sizeof piece)) > 0;)
      all.append(piece, static_cast<std::size_t>(size));
    return all;
  }

  // Of the pipe and what is held before it.
  std::string read_to_end() {
    std::string all = read_all();
    while (!writer.flush()) all += read_all();
    return all + read_all();
  }

  int ends[2] = {-1, -1};
  NonblockingWriter writer{0, {}};
};

TEST_F(NonblockingWriterTest, HoldsWhatTheReaderDoesNotTakeInItsOrder) {
  std::string all;
  for (int i = 0; i < 10000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    writer.put(line);
    all += line;
  }
  EXPECT_FALSE(writer.flush());
  EXPECT_EQ(read_to_end(), all);
}

TEST_F(NonblockingWriterTest, CountsWhatIsTooMuchAndSaysSoWhereItIsMissing) {
  const std::string line(1023, 'x');
  for (int i = 0; i < 1000; ++i) writer.put(line + "\n");
  std::string seen = read_to_end();
  writer.put("next\n");
  seen += read_to_end();
  const auto kept = static_cast<std::size_t>(std::count(seen.begin(), seen.end(), 'x')) / line.size();
  EXPECT_EQ(seen.substr(kept * 1024), std::to_string(1000 - kept) + " lost\nnext\n");
  EXPECT_GT(kept, 100U);
}

TEST_F(NonblockingWriterTest, AReaderThatHasGoneIsNoFailure) {
  close(ends[0]);
  for (int i = 0; i < 3; ++i) writer.put("a\n");
  EXPECT_TRUE(writer.flush());
  // Somebody reads again: a file that had no room, say.
  close(ends[1]);
  ASSERT_EQ(pipe(ends), 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  writer.put("b\n");
  EXPECT_EQ(read_all(), "3 lost\nb\n");
}

TEST_F(NonblockingWriterTest, WaitsForAReaderNoLongerThanItIsTold) {
  writer.put(std::string(9000, 'x') + '\n');
  writer.finish(std::chrono::milliseconds(20));
  EXPECT_FALSE(writer.flush());
}

}  // namespace
}  // namespace calcom::proxy
