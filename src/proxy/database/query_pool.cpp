// One line of waiting questions, answered by whichever connection is ready first.
#include "proxy/database/query_pool.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace calcom::proxy {
namespace {

namespace net = boost::asio;

constexpr std::size_t kLongestLine = 128;
constexpr std::string_view kSchemaMark = "@extschema@";

std::string in_schema(std::string sql, const std::string& schema) {
  for (auto at = sql.find(kSchemaMark); at != std::string::npos;
       at = sql.find(kSchemaMark, at + schema.size()))
    sql.replace(at, kSchemaMark.size(), schema);
  return sql;
}

QueryResult refusal(std::string_view sqlstate) {
  QueryResult result;
  result.state = QueryResult::State::kError;
  result.sqlstate = sqlstate;
  return result;
}

}  // namespace

struct QueryPool::Job {
  Job(net::io_context& io, Query what, Done then)
      : query(std::move(what)), done(std::move(then)), timer(io) {}

  Query query;
  Done done;  // empty once called
  net::steady_timer timer;
};

QueryPool::QueryPool(net::io_context& io, const ConnectionSettings& settings, std::size_t connections,
                     const Log& log, std::string name)
    : io_(io), log_(log), name_(std::move(name)), timeout_(settings.timeout) {
  for (std::size_t i = 0; i < connections; ++i) {
    PgConnection::Events events{
        [this] { on_ready(); },
        [this](PgConnection::Failure failure, std::string_view reason) { on_failed(failure, reason); }};
    connections_.push_back(std::make_unique<PgConnection>(io, settings, std::move(events)));
  }
}

QueryPool::~QueryPool() = default;

void QueryPool::close() {
  for (const auto& connection : connections_) connection->close();
}

void QueryPool::ask(Query query, Done done) {
  if (!std::exchange(opened_, true)) {
    for (const auto& connection : connections_) connection->open();
  }
  if (failed_ && !is_established()) {
    return refuse_later(std::move(done),
                        failure_ == PgConnection::Failure::kAway ? kAwayState : kNotInstalledState);
  }
  if (waiting_.size() >= kLongestLine) return refuse_later(std::move(done), kBusyState);
  const auto job = std::make_shared<Job>(io_, std::move(query), std::move(done));
  job->timer.expires_after(timeout_);
  job->timer.async_wait([this, job](boost::system::error_code error) {
    if (error) return;
    waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), job), waiting_.end());
    answer(*job, refusal(kBusyState));
  });
  waiting_.push_back(job);
  dispatch();
}

void QueryPool::refuse_later(Done done, std::string_view sqlstate) {
  net::post(io_, [done = std::move(done), sqlstate] { done(refusal(sqlstate)); });
}

void QueryPool::answer(Job& job, const QueryResult& result) {
  job.timer.cancel();
  if (const Done done = std::exchange(job.done, nullptr)) done(result);
}

void QueryPool::dispatch() {
  while (!waiting_.empty()) {
    PgConnection* connection = ready_connection();
    if (connection == nullptr) return;
    const auto job = waiting_.front();
    waiting_.pop_front();
    std::vector<Parameter> parameters;
    for (const auto& value : job->query.parameters) parameters.push_back({value ? value->c_str() : nullptr});
    connection->run(in_schema(job->query.sql, connection->schema()), parameters,
                    [this, job, connection](const QueryResult& result) {
                      answer(*job, result);
                      // The extension moved or the server became a standby: this session will not get better.
                      const std::string& state = result.sqlstate;
                      if (state == "42883" || state == "3F000" || state == "25006") connection->reopen();
                      dispatch();
                    });
  }
}

void QueryPool::on_ready() {
  if (failed_) log_.message(name_ + ": database is connected");
  failed_ = false;
  last_reason_.clear();
  dispatch();
}

void QueryPool::on_failed(PgConnection::Failure failure, std::string_view reason) {
  if (is_established()) return;
  failed_ = true;
  failure_ = failure;
  if (last_reason_ != reason) {
    last_reason_ = reason;
    log_.message(name_ + ": database is not available: " + last_reason_);
  }
  const std::string_view state = failure == PgConnection::Failure::kAway ? kAwayState : kNotInstalledState;
  for (const auto& job : std::exchange(waiting_, {})) answer(*job, refusal(state));
}

PgConnection* QueryPool::ready_connection() {
  const auto found = std::find_if(connections_.begin(), connections_.end(),
                                  [](const auto& connection) { return connection->is_ready(); });
  return found == connections_.end() ? nullptr : found->get();
}

bool QueryPool::is_established() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& connection) { return connection->is_established(); });
}

}  // namespace calcom::proxy
