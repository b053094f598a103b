// One libpq connection that never blocks the event loop and reconnects by itself. It runs one statement at a
// time, and reports a result only after the server's ReadyForQuery. Danger: with the extended protocol, rows
// arrive before the commit. An answer based on rows alone could confirm a delivery whose commit fails.
#pragma once

#include <libpq-fe.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/database/connection_attempt.hpp"

namespace calcom::proxy {

struct Parameter {
  const char* data = nullptr;  // nullptr: NULL. Text must end with a zero byte.
  int length = 0;              // of binary data
  bool binary = false;
};

struct QueryResult {
  enum class State { kRow, kError, kLost };
  State state = State::kLost;                  // kLost: the statement may have taken effect
  std::vector<std::vector<std::string>> rows;  // kRow: NULL as ""
  std::string sqlstate;                        // kError
  // kError: the server's message, for an operator. It may contain data, so it is never logged.
  std::string message, detail, hint;
};

struct ConnectionSettings {
  std::string conninfo;
  std::string schema;                 // empty: looked up in pg_extension
  std::chrono::milliseconds timeout;  // for connecting and for any statement
};

class PgConnection {
 public:
  using Done = std::function<void(QueryResult)>;
  enum class Failure { kAway, kNotInstalled };
  struct Events {
    std::function<void()> ready;
    std::function<void(Failure, std::string_view reason)> failed;  // the connection retries by itself
  };

  PgConnection(boost::asio::io_context& io, const ConnectionSettings& settings, Events events);
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  void open();
  void close();
  // Drops a healthy connection whose session has become useless, and opens another at once.
  void reopen();

  bool is_ready() const { return state_ == State::kReady; }
  // Ready, or busy with a statement of its owner.
  bool is_established() const { return is_ready() || (state_ == State::kBusy && introduced_); }
  const std::string& schema() const { return schema_; }  // quoted as an identifier

  // Requires is_ready(). The parameters are copied before it returns.
  void run(const std::string& sql, std::span<const Parameter> parameters, Done done);

 private:
  enum class State { kClosed, kConnecting, kReady, kBusy, kWaiting };
  void connected(ConnectionHandle connection);
  void introduce();
  void introduced(const QueryResult& result);
  void flush();
  void watch_readable();
  void on_readable();
  void collect(const PGresult* result);
  void finish();
  void fail(Failure failure, std::string reason);
  void drop();
  bool adopt_socket();
  void after(std::chrono::milliseconds delay, std::function<void()> action);
  void stop_timer();
  std::string last_message() const;

  ConnectionSettings settings_;
  Events events_;
  ConnectionAttempt attempt_;
  ConnectionHandle connection_;
  boost::asio::posix::stream_descriptor socket_;  // a duplicate: libpq closes its own
  boost::asio::steady_timer timer_;
  State state_ = State::kClosed;
  bool introduced_ = false;
  bool writing_ = false;
  std::uint64_t epoch_ = 0;  // raised when connection_ changes, so that late handlers know they are stale
  std::uint64_t timer_epoch_ = 0;  // the same for timer_
  std::chrono::milliseconds backoff_;
  std::string schema_;
  Done done_;
  QueryResult result_;
};

}  // namespace calcom::proxy
