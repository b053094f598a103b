// One client connection: header, decision, body, database, answer, and again while it is kept alive. Each
// wait for the client has a deadline; the database has none here, because the pools bound it. Requests of one
// connection are answered one after another, also when the client sends several at once.
#pragma once

#include <utility>  // Boost 1.74's awaitable.hpp uses std::exchange without including this

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "proxy/base/ingester.hpp"
#include "proxy/base/log.hpp"
#include "proxy/base/options.hpp"
#include "proxy/http/deadline.hpp"
#include "proxy/http/page_handler.hpp"
#include "proxy/http/response.hpp"

namespace calcom::proxy {

class Session;

// What a session needs of the server that holds it.
class SessionKeeper {
 public:
  SessionKeeper() = default;
  SessionKeeper(const SessionKeeper&) = delete;
  SessionKeeper& operator=(const SessionKeeper&) = delete;

  virtual void on_closed(const std::shared_ptr<Session>& session) = 0;
  // Other clients wait to be accepted, so a connection without a request must not stay.
  virtual bool is_crowded() const = 0;

 protected:
  ~SessionKeeper() = default;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Clock = std::chrono::steady_clock;

  Session(boost::asio::ip::tcp::socket socket, const Options& options, Ingester& ingester, PageHandler& pages,
          const Log& log, SessionKeeper& keeper);

  // Serves the connection until it ends, then calls keeper.on_closed().
  void start();
  // Finishes the request that has begun, if there is one, and closes.
  void drain();
  // Since when the connection is kept alive without a request; nullopt if bytes of one are here.
  std::optional<Clock::time_point> idle_since();
  // Closes the connection. on_closed() is called later.
  void close();

 private:
  using Error = boost::system::error_code;
  template <typename Result>
  using Task = boost::asio::awaitable<Result>;
  // kWaiting: no byte of a request is here.
  enum class Phase : std::uint8_t { kWaiting, kServing, kLingering };
  struct Exchange;

  Task<void> handle();
  Task<bool> wait_for_request();
  Task<std::optional<Reply>> answer_to(Exchange& exchange);
  Task<Error> read_header(Exchange& exchange);
  Task<Error> read_body(Exchange& exchange);
  Task<void> skip_body(std::uint64_t length);
  Task<Reply> check_health();
  Task<Reply> serve_page(const PageRequest& request);
  Task<Reply> deliver(Exchange& exchange);
  Task<bool> send(const Reply& reply, Exchange& exchange);
  Task<bool> write(const Response& response);
  Task<void> linger();
  Task<Error> read_some(std::size_t most, const Deadline& deadline);
  bool has_input();

  boost::asio::ip::tcp::socket socket_;
  const Options& options_;
  Ingester& ingester_;
  PageHandler& pages_;
  const Log& log_;
  SessionKeeper& keeper_;

  boost::beast::flat_buffer buffer_;
  Phase phase_ = Phase::kWaiting;
  bool draining_ = false;
  std::optional<Clock::time_point> idle_since_;
};

}  // namespace calcom::proxy
