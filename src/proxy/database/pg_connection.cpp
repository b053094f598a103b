// closed -> connecting -> ready <-> busy; every failure leads to waiting, and from there back to connecting.
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
             line.end());  // indents what stood on a line of its own
  return line;
}

}  // namespace

PgConnection::PgConnection(net::io_context& io, const ConnectionSettings& settings, Events events)
    : settings_(settings), events_(std::move(events)), socket_(io), timer_(io), backoff_(kFirstBackoff) {}

void PgConnection::open() {
  drop();
  state_ = State::kConnecting;
  after(settings_.timeout, [this] {
    fail(Failure::kAway,
         connection_ ? "no answer while connecting" : "no answer while its host name was looked up");
  });
  if (const auto hosts = hosts_to_look_up(settings_.conninfo)) return look_up(*hosts);
  connect({});
}

void PgConnection::look_up(const Hosts& hosts) {
  const auto found = std::make_shared<Addresses>();
  const auto names = names_of(hosts);
  for (const std::string& name : names) {
    settings_.lookup->find(name, [this, epoch = epoch_, hosts, found, name,
                                  count = names.size()](const std::vector<std::string>& addresses) {
      if (epoch != epoch_) return;
      (*found)[name] = addresses;
      if (found->size() < count) return;
      const HostParameters parameters = with_addresses(hosts, *found);
      // Without a host libpq would take another server than the one that is meant.
      if (parameters.host.empty())
        return fail(Failure::kAway, "could not translate host name \"" + name + "\" to address");
      connect(parameters);
    });
  }
}

// What was looked up takes the place of what the connection string says.
void PgConnection::connect(const HostParameters& hosts) {
  const auto or_null = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
  const bool found = !hosts.host.empty();
  const std::array keywords{
      "dbname", "fallback_application_name",      "client_encoding", found ? "host" : nullptr, "hostaddr",
      "port",   static_cast<const char*>(nullptr)};
  const std::array values{settings_.conninfo.c_str(),
                          "calcom-proxy",
                          "UTF8",
                          or_null(hosts.host),
                          or_null(hosts.hostaddr),
                          or_null(hosts.port),
                          static_cast<const char*>(nullptr)};
  connection_.reset(PQconnectStartParams(keywords.data(), values.data(), 1));
  if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) {
    return fail(Failure::kAway, last_message());
  }
  // Notices could carry personal data, and libpq would print them on standard error.
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  poll_connection(PGRES_POLLING_WRITING);
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

// libpq may move to another socket while connecting (several hosts, a second try without TLS), so every step
// duplicates the one of the moment.
bool PgConnection::adopt_socket() {
  boost::system::error_code error;
  socket_.close(error);
  const int copy = dup(PQsocket(connection_.get()));
  if (copy < 0) return false;
  socket_.assign(copy, error);
  if (error) ::close(copy);
  return !error;
}

void PgConnection::poll_connection(PostgresPollingStatusType status) {
  if (status == PGRES_POLLING_FAILED) return fail(Failure::kAway, last_message());
  if (!adopt_socket()) return fail(Failure::kAway, "no file descriptor left");
  if (status == PGRES_POLLING_OK) return introduce();
  const auto direction = status == PGRES_POLLING_READING ? net::posix::stream_descriptor::wait_read
                                                         : net::posix::stream_descriptor::wait_write;
  socket_.async_wait(direction, [this, epoch = epoch_](boost::system::error_code error) {
    if (!error && epoch == epoch_) poll_connection(PQconnectPoll(connection_.get()));
  });
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
  if (state_ != State::kReady) return;  // fail() is what brought us here
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
  // The types stand as casts in the SQL.
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(parameters.size()), nullptr,
                        values.data(), lengths.data(), formats.data(), 0) == 0) {
    // From the loop, not from here: whoever calls run is not ready for its end.
    const std::string reason = last_message();
    return after(Milliseconds(0), [this, reason] { fail(Failure::kAway, reason); });
  }
  flush();
}

void PgConnection::flush() {
  if (writing_) return;
  // Below zero the socket is broken: reading finds that out too, after the server's last words.
  if (PQflush(connection_.get()) <= 0) return;
  writing_ = true;
  socket_.async_wait(net::posix::stream_descriptor::wait_write,
                     [this, epoch = epoch_](boost::system::error_code error) {
                       if (error || epoch != epoch_) return;
                       writing_ = false;
                       flush();
                     });
}

// Armed for the connection's whole life: while idle, readable means that the server went away.
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

// An error replaces rows that came before it: that is a commit that failed. One without a state is libpq's
// own word for a lost connection.
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
  // Rows without the server's "ready" promise nothing; an error that came before the end is an answer.
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
