// The log: one line a request on standard output, everything else on standard error. Lines hold no body, no
// header, no client address and no unknown path, so that a log file needs no protection of its own.
#pragma once

#include <chrono>
#include <cstddef>
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
  explicit Log(LogFormat format) : format_(format) {}
  void access(const AccessRecord& record) const;
  void message(std::string_view message) const;

 private:
  LogFormat format_;
};

}  // namespace calcom::proxy
