// The time limit of one stage of a request. It starts once a stage and never again for a read, so a client
// that sends a byte at a time gains nothing.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

namespace calcom::proxy {

// When the limit has passed, cancels what waits on the socket. An operation that has its bytes already is not
// cancelled: check is_over() before starting another. The socket stays open for an answer, unlike Beast's
// tcp_stream (docs/decisions/0007-deadlines-leave-the-socket-open.md).
class Deadline {
 public:
  Deadline(boost::asio::ip::tcp::socket& socket, std::chrono::milliseconds limit)
      : state_(std::make_shared<State>(State{&socket})), timer_(socket.get_executor(), limit) {
    timer_.async_wait([state = state_](boost::system::error_code error) {
      if (error || state->socket == nullptr) return;
      state->is_over = true;
      boost::system::error_code ignored;
      state->socket->cancel(ignored);
    });
  }
  ~Deadline() { state_->socket = nullptr; }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool is_over() const { return state_->is_over; }

 private:
  struct State {
    boost::asio::ip::tcp::socket* socket;  // nullptr: the stage has ended
    bool is_over = false;
  };

  std::shared_ptr<State> state_;  // shared with a handler that may run after the stage
  boost::asio::steady_timer timer_;
};

}  // namespace calcom::proxy
