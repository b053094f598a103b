// The log: one line a request on standard output, everything else on standard error. Lines contain no body,
// header, client address or unknown path. Writing never blocks.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace calcom::proxy {

enum class LogFormat { kText, kJson };

struct AccessRecord {
  std::string method = "-";
  std::string path = "-";
  unsigned status = 0;
  std::size_t bytes = 0;  // of the request's body
  double milliseconds = 0;
  std::string outcome;  // empty fields are left out
  std::string event_id;
  std::string sqlstate;
  std::string hint;
};

using WallTime = std::chrono::system_clock::time_point;

std::string access_line(LogFormat format, WallTime now, const AccessRecord& record);
std::string message_line(LogFormat format, WallTime now, std::string_view message);

class Log {
 public:
  // io: the event loop that retries writing queued lines.
  Log(LogFormat format, boost::asio::io_context& io);
  // Waits for slow readers, at most one second.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void access(const AccessRecord& record) const;
  void message(std::string_view message) const;
  // Writes the line unchanged to standard output.
  void plain(std::string_view line) const;
  // Stops retrying, so that the event loop can end.
  void close() const;

 private:
  class Writers;

  LogFormat format_;
  std::unique_ptr<Writers> writers_;
};

}  // namespace calcom::proxy
