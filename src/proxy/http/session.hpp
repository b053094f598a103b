// One client connection: header, decision, body, database, answer, and again while kept alive. Every stage
// that waits for the client has an absolute deadline, so that sending slowly buys nothing. Requests of one
// connection are answered one after another, pipelined ones included.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "proxy/base/ingester.hpp"
#include "proxy/base/log.hpp"
#include "proxy/base/options.hpp"
#include "proxy/http/admission.hpp"
#include "proxy/http/page.hpp"
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
  // Others wait to be accepted, so a connection without a request must not stay.
  virtual bool is_crowded() const = 0;

 protected:
  ~SessionKeeper() = default;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Clock = std::chrono::steady_clock;

  Session(boost::asio::ip::tcp::socket socket, const Options& options, Ingester& ingester, PageHandler& pages,
          const Log& log, SessionKeeper& keeper);

  void start();
  // Finishes the request that has begun, if one has, and closes.
  void drain();
  // Since when it has been kept alive without a request; nullopt: it has one, or its bytes are here already.
  std::optional<Clock::time_point> idle_since();
  void close();

 private:
  using Error = boost::system::error_code;
  enum class Stage { kIdle, kHeader, kBody, kDatabase, kWriting, kLingering, kClosed };

  void wait_for_request();
  void read_header();
  void parse_header();
  void read_more_header();
  void on_header(Error error);
  void take(const RequestHeader& header);
  void check_health();
  void serve_page();
  void send_continue();
  void read_body();
  void on_body(Error error);
  void submit();
  void refuse_after_body();
  void skip_body();
  void refuse(const Reply& reply);
  void reply(const Reply& reply, bool keep_alive);
  void on_written(Error error);
  void linger();
  void discard();
  void arm(Milliseconds limit);
  void cancel_after(Milliseconds limit);
  void disarm();
  bool has_unread_input();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::uint64_t deadline_ = 0;  // which deadline timer_ stands for; 0 is none
  std::uint64_t deadlines_ = 0;
  bool timed_out_ = false;
  bool draining_ = false;
  bool response_closes_ = false;
  Stage stage_ = Stage::kIdle;
  const Options& options_;
  Ingester& ingester_;
  PageHandler& pages_;
  const Log& log_;
  SessionKeeper& keeper_;

  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::size_t header_bytes_ = 0;
  std::uint64_t unread_ = 0;  // bytes of a refused body
  bool folded_ = false;       // a header line was continued on the next
  Admission admission_;
  PageRequest page_;  // kPage: taken from the header alone, before trailers could add to it
  AccessRecord record_;
  Clock::time_point begun_, idle_since_;
  Response response_;
};

}  // namespace calcom::proxy
