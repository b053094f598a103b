// The log: one line a request on standard output, everything else on standard error. Lines hold no body, no
// header, no client address and no unknown path, so that a log file needs no protection of its own. Writing
// one never waits for its reader.
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
  // io: the loop in which lines that a reader did not take are offered again.
  Log(LogFormat format, boost::asio::io_context& io);
  // Gives slow readers a little time for what is left.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void access(const AccessRecord& record) const;
  void message(std::string_view message) const;
  // On standard output, as it is.
  void plain(std::string_view line) const;
  // Offers nothing more by itself: the loop is to end.
  void close() const;

 private:
  class Outlets;

  LogFormat format_;
  std::unique_ptr<Outlets> outlets_;
};

}  // namespace calcom::proxy
