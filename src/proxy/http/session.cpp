// handle() serves a connection. The functions after it are its steps, in the order of a request.
#include "proxy/http/session.hpp"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <exception>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

#include "proxy/http/admission.hpp"

namespace calcom::proxy {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = net::ip::tcp;

constexpr std::uint32_t kHeaderLimit = 16 * 1024;
constexpr std::size_t kBufferLimit = 64 * 1024;
constexpr std::size_t kHeaderPiece = 8 * 1024;
constexpr Milliseconds kWriteTimeout{10000};
constexpr std::size_t kSlowestReader = 16 * 1024;  // bytes a second, beyond kWriteTimeout
constexpr Milliseconds kLingerTimeout{2000};
constexpr std::uint64_t kLargestSkipped = 8 * 1024 * 1024;  // of a refused body

// The reply to a request whose header or body could not be read; nullopt if the client is gone.
std::optional<Reply> failure_reply(boost::system::error_code error) {
  if (error == net::error::timed_out) return error_reply(408, "request took too long");
  if (error == http::error::header_limit) return error_reply(431, "header too large");
  // The buffer overflows only from what surrounds chunks: extensions, trailers.
  if (error == http::error::body_limit || error == http::error::buffer_overflow) {
    return error_reply(413, "body too large");
  }
  if (error.category() == make_error_code(http::error::bad_method).category()) {
    return error_reply(400, "malformed request");
  }
  return std::nullopt;
}

// Only known methods are logged: others are arbitrary text of the client.
std::string shown_method(const RequestHeader& header) {
  return header.method() == http::verb::unknown ? "-" : std::string(http::to_string(header.method()));
}

// Beast joins such lines. A server in front may not, so the request could be read in two ways.
bool has_folded_line(std::string_view header) {
  return header.find("\r\n ") != std::string_view::npos || header.find("\r\n\t") != std::string_view::npos;
}

Milliseconds write_limit(std::size_t bytes) {
  return kWriteTimeout + Milliseconds(bytes * 1000 / kSlowestReader);
}

// Waits for a function that reports by a callback. The callback may be called at once or later; if it is
// destroyed without a call, the waiting coroutine is destroyed too.
template <typename Result>
net::awaitable<Result> result_of(Tcp::socket& socket,
                                 std::function<void(std::function<void(Result)>)> start) {
  return net::async_initiate<const net::use_awaitable_t<>, void(Result)>(
      [executor = socket.get_executor(), start = std::move(start)](auto handler) {
        const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        start([executor, shared](Result result) {
          net::post(executor,
                    [shared, result = std::move(result)]() mutable { (*shared)(std::move(result)); });
        });
      },
      net::use_awaitable);
}

}  // namespace

// One request and what is known of it.
struct Session::Exchange {
  http::request_parser<http::string_body> parser;
  bool has_folded_line = false;
  bool closes = true;  // the connection takes no request after this one
  Admission admission;
  Clock::time_point begun;
  AccessRecord record;
};

Session::Session(Tcp::socket socket, const Options& options, Ingester& ingester, PageHandler& pages,
                 const Log& log, SessionKeeper& keeper)
    : socket_(std::move(socket)),
      options_(options),
      ingester_(ingester),
      pages_(pages),
      log_(log),
      keeper_(keeper),
      buffer_(kBufferLimit) {}

void Session::start() {
  net::co_spawn(
      socket_.get_executor(), [self = shared_from_this()] { return self->handle(); },
      [self = shared_from_this()](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
        self->close();
        self->keeper_.on_closed(self);
      });
}

Session::Task<void> Session::handle() {
  do {
    if (draining_ && !has_input()) co_return;
    Exchange exchange;
    const std::optional<Reply> reply = co_await answer_to(exchange);
    if (!reply) co_return;
    const bool sent = co_await send(*reply, exchange);
    if (!sent) co_return;
    if (exchange.closes) {
      co_await linger();
      co_return;
    }
  } while (co_await wait_for_request());
}

// Until the next request of a connection that is kept alive has begun; false: there will be none.
Session::Task<bool> Session::wait_for_request() {
  if (has_input()) co_return true;
  if (draining_ || keeper_.is_crowded()) co_return false;
  const Deadline deadline(socket_, options_.idle_timeout);
  phase_ = Phase::kWaiting;
  idle_since_ = Clock::now();
  Error error;
  co_await socket_.async_wait(Tcp::socket::wait_read, net::redirect_error(net::use_awaitable, error));
  idle_since_.reset();
  co_return !error;
}

// nullopt: there is no request, or the client is gone. Resets exchange.closes if the request was read whole.
Session::Task<std::optional<Reply>> Session::answer_to(Exchange& exchange) {
  Error error = co_await read_header(exchange);
  exchange.begun = Clock::now();
  if (error) {
    const bool is_silent = buffer_.size() == 0 && !exchange.parser.got_some();
    co_return is_silent ? std::nullopt : failure_reply(error);
  }
  const RequestHeader& header = exchange.parser.get();
  Admission& admission = exchange.admission;
  admission = admit(header, options_.max_body);
  exchange.record.method = shown_method(header);
  exchange.record.path = admission.route.path;
  if (exchange.has_folded_line) co_return error_reply(400, "malformed request");
  if (admission.refusal) {
    if (admission.has_body) co_await skip_body(admission.coming);
    exchange.closes = admission.has_body || !exchange.parser.keep_alive();
    co_return admission.refusal;
  }
  if (admission.route.resource == Resource::kHealth) {
    exchange.closes = admission.has_body || !exchange.parser.keep_alive();
    co_return co_await check_health();
  }
  const bool is_page = admission.route.resource == Resource::kPage;
  PageRequest request;
  if (is_page) request = page_request(header, admission.route);  // before trailers can add to the header
  if (admission.has_body) {
    error = co_await read_body(exchange);
    exchange.record.bytes = exchange.parser.get().body().size();
    if (error) co_return failure_reply(error);
  }
  exchange.closes = !exchange.parser.keep_alive();
  if (!is_page) co_return co_await deliver(exchange);
  request.body = std::move(exchange.parser.get().body());
  request.peer = socket_.remote_endpoint(error).address().to_string();
  co_return co_await serve_page(request);
}

// Not http::async_read_header(): that hides folded lines, and applies the limit only to what it has not
// parsed yet, so a header without an end could grow line by line.
Session::Task<Session::Error> Session::read_header(Exchange& exchange) {
  const Deadline deadline(socket_, options_.header_timeout);
  phase_ = Phase::kWaiting;
  exchange.parser.header_limit(kHeaderLimit);
  // admit() checks the length. The parser would report it before the route is known.
  exchange.parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  Error error;
  std::size_t bytes = 0;
  while (true) {
    if (buffer_.size() > 0) {
      phase_ = Phase::kServing;
      const auto input = buffer_.data();
      const std::size_t used = exchange.parser.put(input, error);
      exchange.has_folded_line |= has_folded_line({static_cast<const char*>(input.data()), used});
      buffer_.consume(used);
      bytes += used;
      if (bytes > kHeaderLimit) co_return http::error::header_limit;
      if (error != http::error::need_more) co_return error;
    }
    error = co_await read_some(kHeaderPiece, deadline);
    if (error) co_return error;
  }
}

Session::Task<Session::Error> Session::read_body(Exchange& exchange) {
  if (exchange.admission.expects_continue) {
    const bool sent = co_await write(Response(http::status::continue_, 11));
    if (!sent) co_return net::error::broken_pipe;
  }
  const Deadline deadline(socket_, options_.body_timeout);
  auto& parser = exchange.parser;
  parser.eager(true);
  parser.body_limit(is_webhook(exchange.admission.route.resource) ? options_.max_body : kPageBodyLimit);
  Error error;
  while (true) {
    buffer_.consume(parser.put(buffer_.data(), error));
    if (error && error != http::error::need_more) co_return error;
    if (parser.is_done()) co_return Error();
    error = co_await read_some(kBufferLimit, deadline);
    if (error) co_return error;
  }
}

// A client that still writes may lose an answer that comes early: Caddy 2.6 sometimes forwards it without its
// body. So what the header announced, up to kLargestSkipped, is read before the answer.
Session::Task<void> Session::skip_body(std::uint64_t length) {
  const Deadline deadline(socket_, options_.body_timeout);
  std::uint64_t unread = length > kLargestSkipped ? 0 : length;
  unread -= std::min<std::uint64_t>(unread, buffer_.size());
  buffer_.clear();
  while (unread > 0) {
    const Error error = co_await read_some(std::min<std::uint64_t>(unread, kBufferLimit), deadline);
    if (error) co_return;
    unread -= buffer_.size();
    buffer_.clear();
  }
}

Session::Task<Reply> Session::check_health() {
  const std::string reason = co_await result_of<std::string>(socket_, [this](auto done) {
    ingester_.check([done = std::move(done)](std::string_view text) { done(std::string(text)); });
  });
  co_return health_reply(reason);
}

Session::Task<Reply> Session::serve_page(const PageRequest& request) {
  return result_of<Reply>(socket_, [this, &request](auto done) { pages_.serve(request, std::move(done)); });
}

Session::Task<Reply> Session::deliver(Exchange& exchange) {
  const bool is_resend = exchange.admission.route.resource == Resource::kResendWebhook;
  Delivery delivery{is_resend ? Sender::kResend : Sender::kCalcom, std::move(exchange.parser.get().body()),
                    std::move(exchange.admission.credentials), exchange.admission.route.account};
  const Answer answer = co_await result_of<Answer>(
      socket_, [this, &delivery](auto done) { ingester_.submit(std::move(delivery), std::move(done)); });
  exchange.record.outcome = answer.outcome;
  exchange.record.event_id = answer.event_id;
  exchange.record.sqlstate = answer.sqlstate;
  exchange.record.hint = operator_hint(answer);
  co_return reply_to(answer);
}

// Writes the reply and its line of the log; false: the client did not take it.
Session::Task<bool> Session::send(const Reply& reply, Exchange& exchange) {
  const auto& parser = exchange.parser;
  exchange.closes |= draining_ || keeper_.is_crowded();
  ResponseShape shape;
  shape.version = parser.is_header_done() ? parser.get().version() : 11;
  shape.keep_alive = !exchange.closes;
  shape.header_only = parser.is_header_done() && parser.get().method() == http::verb::head;
  const Response response =
      make_response(reply, shape, std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  exchange.record.status = reply.status;
  exchange.record.milliseconds =
      std::chrono::duration<double, std::milli>(Clock::now() - exchange.begun).count();
  log_.access(exchange.record);
  co_return co_await write(response);
}

Session::Task<bool> Session::write(const Response& response) {
  const Deadline deadline(socket_, write_limit(response.body().size()));
  http::response_serializer<http::string_body> serializer(response);
  Error error;
  while (!serializer.is_done() && !error && !deadline.is_over()) {
    co_await http::async_write_some(socket_, serializer, net::redirect_error(net::use_awaitable, error));
  }
  co_return serializer.is_done() && !error;
}

// Closing with unread input would reset the connection and could destroy the answer on its way.
Session::Task<void> Session::linger() {
  const Deadline deadline(socket_, kLingerTimeout);
  phase_ = Phase::kLingering;
  Error error;
  socket_.shutdown(Tcp::socket::shutdown_send, error);
  do {
    buffer_.clear();
    error = co_await read_some(kBufferLimit, deadline);
  } while (!error);
}

// Adds bytes of the client to the buffer. The end of the input is an error too.
Session::Task<Session::Error> Session::read_some(std::size_t most, const Deadline& deadline) {
  if (deadline.is_over()) co_return net::error::timed_out;
  const std::size_t room = std::min(most, buffer_.max_size() - buffer_.size());
  if (room == 0) co_return http::error::buffer_overflow;
  Error error;
  const std::size_t bytes =
      co_await socket_.async_read_some(buffer_.prepare(room), net::redirect_error(net::use_awaitable, error));
  buffer_.commit(bytes);
  if (error && deadline.is_over()) error = net::error::timed_out;
  if (error == net::error::eof) error = http::error::partial_message;
  co_return error;
}

bool Session::has_input() {
  Error ignored;
  return buffer_.size() > 0 || socket_.available(ignored) > 0;
}

std::optional<Session::Clock::time_point> Session::idle_since() {
  return has_input() ? std::nullopt : idle_since_;
}

// A wait for a request is cancelled, not closed: a read that already has its bytes, though its coroutine has
// not resumed yet, still serves them.
void Session::drain() {
  draining_ = true;
  if (phase_ == Phase::kLingering) return close();
  Error ignored;
  if (phase_ == Phase::kWaiting && !has_input()) socket_.cancel(ignored);
}

void Session::close() {
  Error ignored;
  socket_.close(ignored);
}

}  // namespace calcom::proxy
