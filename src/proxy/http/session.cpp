// The stages in the order in which a request passes them, then what they share: answering, closing,
// deadlines.
#include "proxy/http/session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <limits>
#include <string_view>
#include <utility>

namespace calcom::proxy {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint32_t kHeaderLimit = 16 * 1024;
constexpr std::size_t kBufferLimit = 64 * 1024;  // above the header limit, so that it is the one that is met
constexpr std::size_t kHeaderPiece = 8 * 1024;
constexpr Milliseconds kWriteTimeout{10000};
constexpr std::size_t kSlowestReader = 16 * 1024;  // bytes a second, beyond kWriteTimeout
constexpr Milliseconds kLingerTimeout{2000};
constexpr Milliseconds kCancelAgain{100};
constexpr std::uint64_t kLargestSkipped = 8 * 1024 * 1024;  // body that is read only to be refused

// Of a request whose header or body could not be read. None: nobody is there any more to be answered.
std::optional<Reply> failure_reply(boost::system::error_code error, bool timed_out) {
  if (timed_out) return error_reply(408, "request took too long");
  if (error == http::error::header_limit) return error_reply(431, "header too large");
  // The buffer overflows only from what stands around chunks: extensions, trailers.
  if (error == http::error::body_limit || error == http::error::buffer_overflow) {
    return error_reply(413, "body too large");
  }
  if (error == http::error::end_of_stream) return std::nullopt;
  if (error.category() == make_error_code(http::error::bad_method).category()) {
    return error_reply(400, "malformed request");
  }
  return std::nullopt;
}

// Methods are logged only if they are real ones: others are whatever a stranger typed.
std::string shown_method(const RequestHeader& header) {
  return header.method() == http::verb::unknown ? "-" : std::string(http::to_string(header.method()));
}

// Beast takes it for one line. Others in front of us may not, so it could be read in two ways.
bool has_folded_line(std::string_view header) {
  return header.find("\r\n ") != std::string_view::npos || header.find("\r\n\t") != std::string_view::npos;
}

Milliseconds write_limit(std::size_t bytes) {
  return kWriteTimeout + Milliseconds(bytes * 1000 / kSlowestReader);
}

}  // namespace

Session::Session(net::ip::tcp::socket socket, const Options& options, Ingester& ingester, PageHandler& pages,
                 const Log& log, SessionKeeper& keeper)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      options_(options),
      ingester_(ingester),
      pages_(pages),
      log_(log),
      keeper_(keeper),
      buffer_(kBufferLimit) {}

void Session::start() {
  read_header();
}

void Session::drain() {
  draining_ = true;
  if (stage_ == Stage::kLingering) return close();
  if (buffer_.size() > 0 || has_unread_input() || (stage_ == Stage::kHeader && header_bytes_ > 0)) return;
  if (stage_ == Stage::kIdle) return close();
  // Cancelled, not closed: a read that has its bytes already, though its handler was not called yet, is
  // unaffected.
  Error ignored;
  if (stage_ == Stage::kHeader) socket_.cancel(ignored);
}

bool Session::has_unread_input() {
  Error ignored;
  return socket_.available(ignored) > 0;
}

std::optional<Session::Clock::time_point> Session::idle_since() {
  if (stage_ != Stage::kIdle || has_unread_input()) return std::nullopt;
  return idle_since_;
}

void Session::wait_for_request() {
  if (buffer_.size() > 0) return read_header();
  if (keeper_.is_crowded() && !has_unread_input()) return close();
  stage_ = Stage::kIdle;
  idle_since_ = Clock::now();
  arm(options_.idle_timeout);
  socket_.async_wait(net::ip::tcp::socket::wait_read, [self = shared_from_this()](Error error) {
    if (self->stage_ == Stage::kClosed) return;
    self->disarm();
    error ? self->close() : self->read_header();
  });
}

void Session::read_header() {
  stage_ = Stage::kHeader;
  record_ = {};
  admission_ = {};
  header_bytes_ = 0;
  folded_ = false;
  parser_.emplace();
  parser_->header_limit(kHeaderLimit);
  // Judged by admit() and set for the body afterwards; here it would hide the route from the answer.
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
  arm(options_.header_timeout);
  buffer_.size() > 0 ? parse_header() : read_more_header();
}

// Not http::async_read_header: that hides folded lines, and holds only what has not been parsed yet against
// the limit, so that a header without an end could grow line by line.
void Session::parse_header() {
  Error error;
  const auto bytes = buffer_.data();
  const std::size_t used = parser_->put(bytes, error);
  folded_ = folded_ || has_folded_line({static_cast<const char*>(bytes.data()), used});
  header_bytes_ += used;
  buffer_.consume(used);
  if (header_bytes_ > kHeaderLimit) error = http::error::header_limit;
  error == http::error::need_more ? read_more_header() : on_header(error);
}

void Session::read_more_header() {
  socket_.async_read_some(buffer_.prepare(kHeaderPiece),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            if (self->stage_ == Stage::kClosed) return;
                            self->buffer_.commit(bytes);
                            if (!error) return self->parse_header();
                            if (error == net::error::eof) error = http::error::partial_message;
                            self->on_header(error);
                          });
}

void Session::on_header(Error error) {
  if (stage_ == Stage::kClosed) return;
  disarm();
  begun_ = Clock::now();
  if (!error) return take(parser_->get());
  const bool silent = buffer_.size() == 0 && !parser_->got_some();
  const auto failure = failure_reply(error, timed_out_);
  failure && !silent ? refuse(*failure) : close();
}

void Session::take(const RequestHeader& header) {
  admission_ = admit(header, options_.max_body);
  record_.method = shown_method(header);
  record_.path = admission_.route.path;
  if (folded_) return refuse(error_reply(400, "malformed request"));
  if (admission_.refusal) {
    return admission_.has_body ? refuse_after_body() : reply(*admission_.refusal, parser_->keep_alive());
  }
  if (admission_.route.resource == Resource::kHealth) return check_health();
  const bool is_page = admission_.route.resource == Resource::kPage;
  if (is_page) page_ = page_request(header, admission_.route);
  if (is_page && !admission_.has_body) return serve_page();
  parser_->body_limit(is_page ? kPageBodyLimit : options_.max_body);
  admission_.expects_continue ? send_continue() : read_body();
}

void Session::check_health() {
  stage_ = Stage::kDatabase;
  ingester_.check([self = shared_from_this()](std::string_view reason) {
    const bool keep_alive = self->parser_->keep_alive() && !self->admission_.has_body;
    self->reply(health_reply(reason), keep_alive);
  });
}

void Session::serve_page() {
  stage_ = Stage::kDatabase;
  Error ignored;
  page_.body = std::move(parser_->get().body());
  page_.peer = socket_.remote_endpoint(ignored).address().to_string();
  pages_.serve(page_, [self = shared_from_this()](const Reply& answer) {
    self->reply(answer, self->parser_->keep_alive());
  });
}

void Session::send_continue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  stage_ = Stage::kBody;
  arm(kWriteTimeout);
  net::async_write(socket_, net::buffer(kContinue.data(), kContinue.size()),
                   [self = shared_from_this()](Error error, std::size_t) {
                     if (self->stage_ == Stage::kClosed) return;
                     self->disarm();
                     error ? self->close() : self->read_body();
                   });
}

void Session::read_body() {
  stage_ = Stage::kBody;
  arm(options_.body_timeout);
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](Error error, std::size_t) { self->on_body(error); });
}

void Session::on_body(Error error) {
  if (stage_ == Stage::kClosed) return;
  disarm();
  record_.bytes = parser_->get().body().size();
  if (!error) return admission_.route.resource == Resource::kPage ? serve_page() : submit();
  const auto failure = failure_reply(error, timed_out_);
  failure ? refuse(*failure) : close();
}

void Session::submit() {
  stage_ = Stage::kDatabase;
  const bool resend = admission_.route.resource == Resource::kResendWebhook;
  Delivery delivery{resend ? Sender::kResend : Sender::kCalcom, std::move(parser_->get().body()),
                    std::move(admission_.credentials), admission_.route.account};
  ingester_.submit(std::move(delivery), [self = shared_from_this()](const Answer& answer) {
    self->record_.outcome = answer.outcome;
    self->record_.event_id = answer.event_id;
    self->record_.sqlstate = answer.sqlstate;
    self->record_.hint = operator_hint(answer);
    self->reply(reply_to(answer), self->parser_->keep_alive());
  });
}

// A client that still writes may lose an answer that comes early: Caddy 2.6 passes it on without its body now
// and then. What the header announced, when it is bearable, is read before.
void Session::refuse_after_body() {
  stage_ = Stage::kBody;
  unread_ = admission_.coming > kLargestSkipped ? 0 : admission_.coming;
  unread_ -= std::min<std::uint64_t>(unread_, buffer_.size());
  buffer_.clear();
  arm(options_.body_timeout);
  skip_body();
}

void Session::skip_body() {
  if (unread_ == 0) {
    disarm();
    return refuse(*admission_.refusal);
  }
  socket_.async_read_some(buffer_.prepare(std::min<std::uint64_t>(unread_, kBufferLimit)),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            if (self->stage_ == Stage::kClosed) return;
                            self->unread_ = error ? 0 : self->unread_ - bytes;
                            self->skip_body();
                          });
}

// Input may be left over, so nothing after it can be understood.
void Session::refuse(const Reply& refusal) {
  reply(refusal, false);
}

void Session::reply(const Reply& reply, bool keep_alive) {
  stage_ = Stage::kWriting;
  response_closes_ = draining_ || !keep_alive || keeper_.is_crowded();
  ResponseShape shape;
  shape.version = parser_->is_header_done() ? parser_->get().version() : 11;
  shape.keep_alive = !response_closes_;
  shape.header_only = parser_->is_header_done() && parser_->get().method() == http::verb::head;
  response_ =
      make_response(reply, shape, std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  record_.status = reply.status;
  record_.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - begun_).count();
  log_.access(record_);
  arm(write_limit(response_.body().size()));
  http::async_write(socket_, response_,
                    [self = shared_from_this()](Error error, std::size_t) { self->on_written(error); });
}

void Session::on_written(Error error) {
  if (stage_ == Stage::kClosed) return;
  disarm();
  if (error) return close();
  // Draining may have begun while this was written, after the client was told it may go on: what it has sent
  // already is still served.
  if (draining_ && !response_closes_ && buffer_.size() == 0 && !has_unread_input()) return close();
  response_closes_ ? linger() : wait_for_request();
}

// Closing with unread input would reset the connection and could destroy the answer on its way.
void Session::linger() {
  stage_ = Stage::kLingering;
  Error ignored;
  socket_.shutdown(net::ip::tcp::socket::shutdown_send, ignored);
  buffer_.clear();
  arm(kLingerTimeout);
  discard();
}

void Session::discard() {
  socket_.async_read_some(buffer_.prepare(kBufferLimit),
                          [self = shared_from_this()](Error error, std::size_t) {
                            if (self->stage_ == Stage::kClosed) return;
                            // Who writes faster than we read always has bytes for a read, and is never
                            // cancelled.
                            error || self->timed_out_ ? self->close() : self->discard();
                          });
}

void Session::close() {
  if (stage_ == Stage::kClosed) return;
  stage_ = Stage::kClosed;
  disarm();
  Error ignored;
  socket_.close(ignored);
  keeper_.on_closed(shared_from_this());
}

void Session::arm(Milliseconds limit) {
  timed_out_ = false;
  deadline_ = ++deadlines_;
  cancel_after(limit);
}

// Again and again until somebody sees it: a read that has its bytes already is not cancelled, and what reads
// several times would go on with the next one.
void Session::cancel_after(Milliseconds limit) {
  timer_.expires_after(limit);
  timer_.async_wait([self = shared_from_this(), mine = deadline_](Error error) {
    if (error || self->deadline_ != mine) return;
    self->timed_out_ = true;
    Error ignored;
    self->socket_.cancel(ignored);
    self->cancel_after(kCancelAgain);
  });
}

void Session::disarm() {
  deadline_ = 0;
  timer_.cancel();
}

}  // namespace calcom::proxy
