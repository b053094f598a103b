// Both formats are written from one list of fields.
#include "proxy/base/log.hpp"

#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <cstdio>

#include "core/base/json_compose.hpp"
#include "core/base/timestamp.hpp"
#include "proxy/base/nonblocking_writer.hpp"

namespace calcom::proxy {
namespace {

// Milliseconds always have three digits, so that columns of the log are aligned.
std::string rfc3339(WallTime now) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(milliseconds % 1000));
  std::string text = format_timestamp(milliseconds / 1000 * kSecond);
  return text.replace(text.size() - 1, 1, fraction);
}

std::string quoted(std::string_view text) {
  return JsonValue(text).dump();
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" \"=\\") != std::string_view::npos;
}

// key=value pairs or one JSON object, by format.
class Line {
 public:
  Line(LogFormat format, WallTime now) : json_(format == LogFormat::kJson), text_(json_ ? "{" : "") {
    add("time", rfc3339(now));
  }

  Line& add(std::string_view key, std::string_view value) {
    const std::string safe = quoted(value);
    begin(key);
    text_ += json_ || needs_quotes(value) ? safe : safe.substr(1, safe.size() - 2);
    return *this;
  }

  Line& add_if_any(std::string_view key, std::string_view value) {
    return value.empty() ? *this : add(key, value);
  }

  Line& add_number(std::string_view key, const std::string& number) {
    begin(key);
    text_ += number;
    return *this;
  }

  std::string finish() { return text_ + (json_ ? "}\n" : "\n"); }

 private:
  void begin(std::string_view key) {
    if (!first_) text_ += json_ ? ',' : ' ';
    first_ = false;
    text_ += json_ ? quoted(key) + ':' : std::string(key) + '=';
  }

  bool json_;
  bool first_ = true;
  std::string text_;
};

NonblockingWriter::Loss loss_in(LogFormat format) {
  return [format](std::size_t lines) {
    return message_line(format, std::chrono::system_clock::now(),
                        std::to_string(lines) + " log lines were dropped because the reader was too slow");
  };
}

}  // namespace

std::string access_line(LogFormat format, WallTime now, const AccessRecord& record) {
  char milliseconds[32];
  std::snprintf(milliseconds, sizeof milliseconds, "%.1f", record.milliseconds);
  return Line(format, now)
      .add("method", record.method)
      .add("path", record.path)
      .add_number("status", std::to_string(record.status))
      .add_number("bytes", std::to_string(record.bytes))
      .add_number("ms", milliseconds)
      .add_if_any("outcome", record.outcome)
      .add_if_any("event_id", record.event_id)
      .add_if_any("sqlstate", record.sqlstate)
      .add_if_any("hint", record.hint)
      .finish();
}

std::string message_line(LogFormat format, WallTime now, std::string_view message) {
  return Line(format, now).add("message", message).finish();
}

// Standard output and standard error, and the timer that retries writing queued lines.
class Log::Writers {
 public:
  Writers(LogFormat format, boost::asio::io_context& io)
      : out_(STDOUT_FILENO, loss_in(format)), err_(STDERR_FILENO, loss_in(format)), timer_(io) {}

  void put_out(std::string_view line) {
    out_.put(line);
    offer();
  }

  void put_err(std::string_view line) {
    err_.put(line);
    offer();
  }

  void close() {
    closed_ = true;
    timer_.cancel();
  }

  void finish() {
    constexpr std::chrono::milliseconds kPatience{500};
    out_.finish(kPatience);
    err_.finish(kPatience);
  }

 private:
  void offer() {
    constexpr std::chrono::milliseconds kPause{100};
    const bool out = out_.flush();
    const bool err = err_.flush();
    if ((out && err) || waiting_ || closed_) return;
    waiting_ = true;
    timer_.expires_after(kPause);
    timer_.async_wait([this](boost::system::error_code error) {
      waiting_ = false;
      if (!error) offer();
    });
  }

  NonblockingWriter out_, err_;
  boost::asio::steady_timer timer_;
  bool waiting_ = false;
  bool closed_ = false;
};

Log::Log(LogFormat format, boost::asio::io_context& io)
    : format_(format), writers_(std::make_unique<Writers>(format, io)) {}

Log::~Log() {
  writers_->finish();
}

void Log::access(const AccessRecord& record) const {
  writers_->put_out(access_line(format_, std::chrono::system_clock::now(), record));
}

void Log::message(std::string_view message) const {
  writers_->put_err(message_line(format_, std::chrono::system_clock::now(), message));
}

void Log::plain(std::string_view line) const {
  writers_->put_out(line);
}

void Log::close() const {
  writers_->close();
}

}  // namespace calcom::proxy
