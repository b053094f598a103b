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
#include <functional>
#include <memory>
#include <optional>

#include "proxy/admission.hpp"
#include "proxy/ingester.hpp"
#include "proxy/log.hpp"
#include "proxy/options.hpp"
#include "proxy/page.hpp"
#include "proxy/response.hpp"

namespace calcom::proxy {

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Closed = std::function<void(const std::shared_ptr<Session>&)>;

  Session(boost::asio::ip::tcp::socket socket, const Options& options, Ingester& ingester, PageHandler& pages,
          const Log& log, Closed closed);

  void start();
  // Finishes the request that has begun, if one has, and closes.
  void drain();

 private:
  using Error = boost::system::error_code;
  enum class Stage { kIdle, kHeader, kBody, kDatabase, kWriting, kLingering, kClosed };

  void wait_for_request();
  void read_header();
  void on_header(Error error);
  void take(const RequestHeader& header);
  void check_health();
  void serve_page();
  void send_continue();
  void read_body();
  void on_body(Error error);
  void submit();
  void refuse(const Reply& reply);
  void reply(const Reply& reply, bool keep_alive);
  void on_written(Error error);
  void linger();
  void discard();
  void close();
  void arm(Milliseconds limit);
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
  Closed closed_;

  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  Admission admission_;
  AccessRecord record_;
  std::chrono::steady_clock::time_point begun_;
  Response response_;
};

}  // namespace calcom::proxy
