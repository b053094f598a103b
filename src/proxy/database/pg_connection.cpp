// closed -> connecting -> ready <-> busy. Every failure leads to waiting, and waiting leads to connecting.
#include "proxy/database/pg_connection.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace calcom::proxy {
namespace {

namespace net = boost::asio;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kFirstBackoff{100};
constexpr Milliseconds kLongestBackoff{1000};

// Sets the session up and finds where calcom_ingest lives in one round trip.
constexpr const char* kIntroduction =
    "SELECT pg_catalog.set_config('statement_timeout', $1::text, false),"
    " CASE WHEN $2::text <> '' THEN pg_catalog.quote_ident($2::text) ELSE"
    " (SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e"
    " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'calcom') END";

std::string one_line(const char* message) {
  std::string line = message;
  while (!line.empty() && line.back() == '\n') line.pop_back();
  std::replace(line.begin(), line.end(), '\n', ' ');
  line.erase(std::remove(line.begin(), line.end(), '\t'),
             line.end());  // libpq indents continuation lines with a tab
  return line;
}

}  // namespace

PgConnection::PgConnection(net::io_context& io, const ConnectionSettings& settings, Events events)
    : settings_(settings),
      events_(std::move(events)),
      attempt_(io, [this](ConnectionHandle connection) { connected(std::move(connection)); }),
      socket_(io),
      timer_(io),
      backoff_(kFirstBackoff) {}

void PgConnection::open() {
  drop();
  state_ = State::kConnecting;
  after(settings_.timeout, [this] { fail(Failure::kAway, "no answer while connecting"); });
  attempt_.start(settings_.conninfo, settings_.timeout);
}

// Also accepts an attempt that ends after its timeout.
void PgConnection::connected(ConnectionHandle connection) {
  if (state_ != State::kConnecting && state_ != State::kWaiting) return;
  connection_ = std::move(connection);
  if (PQstatus(connection_.get()) != CONNECTION_OK) return fail(Failure::kAway, last_message());
  // Notices could carry personal data, and libpq would print them on standard error.
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  if (!adopt_socket()) return fail(Failure::kAway, "no file descriptor left");
  introduce();
}

void PgConnection::close() {
  drop();
  stop_timer();
  state_ = State::kClosed;
}

void PgConnection::reopen() {
  if (state_ == State::kReady) open();
}

void PgConnection::drop() {
  ++epoch_;
  boost::system::error_code ignored;
  socket_.close(ignored);
  connection_.reset();
  introduced_ = false;
  writing_ = false;
}

bool PgConnection::adopt_socket() {
  boost::system::error_code error;
  socket_.close(error);
  const int copy = dup(PQsocket(connection_.get()));
  if (copy < 0) return false;
  socket_.assign(copy, error);
  if (error) ::close(copy);
  return !error;
}

void PgConnection::introduce() {
  PQsetnonblocking(connection_.get(), 1);
  state_ = State::kReady;
  watch_readable();
  const std::string timeout =
      std::to_string(std::max<Milliseconds::rep>(settings_.timeout.count() * 4 / 5, 1));
  const std::array parameters{Parameter{timeout.c_str()}, Parameter{settings_.schema.c_str()}};
  run(kIntroduction, parameters, [this](const QueryResult& result) { introduced(result); });
}

void PgConnection::introduced(const QueryResult& result) {
  if (state_ != State::kReady) return;  // called by fail()
  if (result.state == QueryResult::State::kError) {
    return fail(Failure::kAway, "the session could not be set up, SQLSTATE " + result.sqlstate);
  }
  schema_ = result.rows.at(0).at(1);
  if (schema_.empty()) {
    return fail(Failure::kNotInstalled, "the extension calcom is not installed in this database");
  }
  introduced_ = true;
  backoff_ = kFirstBackoff;
  events_.ready();
}

void PgConnection::run(const std::string& sql, std::span<const Parameter> parameters, Done done) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (const Parameter& parameter : parameters) {
    values.push_back(parameter.data);
    lengths.push_back(parameter.length);
    formats.push_back(parameter.binary ? 1 : 0);
  }
  state_ = State::kBusy;
  done_ = std::move(done);
  result_ = {};
  after(settings_.timeout, [this] { fail(Failure::kAway, "no answer in time"); });
  // The SQL casts each parameter to its type.
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(parameters.size()), nullptr,
                        values.data(), lengths.data(), formats.data(), 0) == 0) {
    // Called from the event loop: the caller of run() does not expect `done` before run() returns.
    const std::string reason = last_message();
    return after(Milliseconds(0), [this, reason] { fail(Failure::kAway, reason); });
  }
  flush();
}

void PgConnection::flush() {
  if (writing_) return;
  // Below zero the socket is broken. on_readable() reports that, after it has read the server's last message.
  if (PQflush(connection_.get()) <= 0) return;
  writing_ = true;
  socket_.async_wait(net::posix::stream_descriptor::wait_write,
                     [this, epoch = epoch_](boost::system::error_code error) {
                       if (error || epoch != epoch_) return;
                       writing_ = false;
                       flush();
                     });
}

// Active while the connection exists. If an idle connection becomes readable, the server has usually closed
// it.
void PgConnection::watch_readable() {
  socket_.async_wait(net::posix::stream_descriptor::wait_read,
                     [this, epoch = epoch_](boost::system::error_code error) {
                       if (error || epoch != epoch_) return;
                       on_readable();
                       if (epoch == epoch_) watch_readable();
                     });
}

void PgConnection::on_readable() {
  const bool alive = PQconsumeInput(connection_.get()) == 1;
  while (state_ == State::kBusy && PQisBusy(connection_.get()) == 0) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection_.get()), &PQclear);
    if (!result) {
      if (PQstatus(connection_.get()) == CONNECTION_BAD) break;
      return finish();
    }
    collect(result.get());
  }
  if (!alive || PQstatus(connection_.get()) == CONNECTION_BAD) return fail(Failure::kAway, last_message());
  if (state_ == State::kBusy) flush();
}

// An error after rows replaces them, because the commit failed. An error without SQLSTATE is from libpq: the
// connection is lost.
void PgConnection::collect(const PGresult* result) {
  if (PQresultStatus(result) == PGRES_TUPLES_OK) {
    result_.state = QueryResult::State::kRow;
    for (int row = 0; row < PQntuples(result); ++row) {
      auto& cells = result_.rows.emplace_back();
      for (int column = 0; column < PQnfields(result); ++column)
        cells.emplace_back(PQgetvalue(result, row, column));
    }
    return;
  }
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  result_ = {};
  if (sqlstate == nullptr) return;
  result_.state = QueryResult::State::kError;
  result_.sqlstate = sqlstate;
  const auto field = [result](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  result_.message = field(PG_DIAG_MESSAGE_PRIMARY);
  result_.detail = field(PG_DIAG_MESSAGE_DETAIL);
  result_.hint = field(PG_DIAG_MESSAGE_HINT);
}

void PgConnection::finish() {
  stop_timer();
  state_ = State::kReady;
  std::exchange(done_, nullptr)(std::exchange(result_, {}));
}

void PgConnection::fail(Failure failure, std::string reason) {
  drop();
  state_ = State::kWaiting;
  after(backoff_, [this] { open(); });
  backoff_ = std::min(backoff_ * 2, kLongestBackoff);
  // Rows without ReadyForQuery are not a result, because the commit may fail. An error is a result.
  QueryResult result = std::exchange(result_, {});
  if (result.state == QueryResult::State::kRow) result = {};
  if (const Done done = std::exchange(done_, nullptr)) done(std::move(result));
  events_.failed(failure, reason);
}

void PgConnection::after(Milliseconds delay, std::function<void()> action) {
  const auto epoch = ++timer_epoch_;
  timer_.expires_after(delay);
  timer_.async_wait([this, epoch, action = std::move(action)](boost::system::error_code error) {
    if (!error && epoch == timer_epoch_) action();
  });
}

void PgConnection::stop_timer() {
  ++timer_epoch_;
  timer_.cancel();
}

std::string PgConnection::last_message() const {
  return connection_ ? one_line(PQerrorMessage(connection_.get())) : "out of memory";
}

}  // namespace calcom::proxy
