// One queue of jobs for all connections. The first ready connection takes the next job. Health checks wait
// in the same queue, so that they show what a delivery would get.
#include "proxy/database/pg_pool.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "proxy/database/calls.hpp"

namespace calcom::proxy {
namespace {

namespace net = boost::asio;

// Checks what a delivery needs: the function is there and this login may call it.
constexpr const char* kCheckSql =
    "SELECT coalesce(pg_catalog.has_function_privilege(pg_catalog.to_regprocedure($1::text), 'EXECUTE'), "
    "false)";

// True if the answer shows that only a new session can help: the function was moved or dropped, or the server
// became a standby.
bool is_stale_session(const QueryResult& result, bool is_check) {
  const std::string& state = result.sqlstate;
  const bool check_failed = is_check && !result.rows.empty() && result.rows.front().front() != "t";
  return check_failed || state == "42883" || state == "3F000" || state == "25006";
}

constexpr std::string_view kMayNotIngest = "calcom_ingest is missing or this login may not call it";

std::string_view health_of(const Answer& answer) {
  switch (answer.fate) {
    case Fate::kCommitted:
      return answer.outcome == "t" ? "" : kMayNotIngest;
    case Fate::kRefused:
      return answer.sqlstate == "42501" ? kMayNotIngest : "the database refused the check";
    case Fate::kNotInstalled:
      return "calcom is not installed in this database";
    case Fate::kQueueFull:
      return "too many deliveries are waiting";
    case Fate::kTimedOut:
      return "the database did not answer in time";
    case Fate::kUnknown:
    case Fate::kAway:
      break;
  }
  return "the database is away";
}

}  // namespace

struct PgPool::Job {
  Job(net::io_context& io, std::optional<Delivery> what, Done then)
      : delivery(std::move(what)), done(std::move(then)), timer(io) {}

  bool joins() const { return delivery && delivery->sender == Sender::kCalcom && !alone; }

  std::optional<Delivery> delivery;  // absent: a health check
  bool alone = false;                // its batch failed as a whole: run it alone
  Done done;                         // empty once called
  net::steady_timer timer;
};

PgPool::PgPool(net::io_context& io, const Options& options, const Log& log)
    : io_(io), log_(log), queue_limit_(options.queue), timeout_(options.database_timeout) {
  const ConnectionSettings settings{options.database, options.schema, options.database_timeout};
  for (std::size_t i = 0; i < options.pool; ++i) {
    auto& slot = connections_.emplace_back();
    PgConnection::Events events{
        [this, i] { on_ready(*connections_[i]); },
        [this](PgConnection::Failure failure, std::string_view reason) { on_failed(failure, reason); }};
    slot = std::make_unique<PgConnection>(io, settings, std::move(events));
  }
}

PgPool::~PgPool() = default;

void PgPool::open() {
  for (const auto& connection : connections_) connection->open();
}

void PgPool::close() {
  for (const auto& connection : connections_) connection->close();
}

void PgPool::submit(Delivery delivery, Done done) {
  enqueue(std::move(delivery), std::move(done));
}

void PgPool::check(Checked checked) {
  enqueue(std::nullopt, [checked = std::move(checked)](const Answer& answer) { checked(health_of(answer)); });
}

void PgPool::enqueue(std::optional<Delivery> delivery, Done done) {
  if (!is_available()) {
    const bool installed = failure_ == PgConnection::Failure::kAway;
    return answer_later(std::move(done), installed ? Fate::kAway : Fate::kNotInstalled);
  }
  if (ready_connection() == nullptr && waiting_.size() >= queue_limit_) {
    return answer_later(std::move(done), Fate::kQueueFull);
  }
  const auto job = std::make_shared<Job>(io_, std::move(delivery), std::move(done));
  job->timer.expires_after(timeout_);
  job->timer.async_wait([this, job](boost::system::error_code error) {
    if (!error) expire(job);
  });
  waiting_.push_back(job);
  dispatch();
}

void PgPool::answer_later(Done done, Fate fate) {
  net::post(io_, [done = std::move(done), fate] {
    Answer answer;
    answer.fate = fate;
    done(answer);
  });
}

void PgPool::answer(Job& job, const Answer& answer) {
  job.timer.cancel();
  if (const Done done = std::exchange(job.done, nullptr)) done(answer);
}

// Only the requester stops waiting. A call that is under way continues: the connection has its own time
// limit.
void PgPool::expire(const std::shared_ptr<Job>& job) {
  waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), job), waiting_.end());
  Answer timed_out;
  timed_out.fate = Fate::kTimedOut;
  answer(*job, timed_out);
}

void PgPool::dispatch() {
  while (!waiting_.empty()) {
    PgConnection* connection = ready_connection();
    if (connection == nullptr) return;
    Jobs jobs = next_jobs();
    if (jobs.size() == 1)
      start(*connection, jobs.front());
    else
      start_batch(*connection, std::move(jobs));
  }
}

// Takes the jobs for one connection: the first in the queue, and the next ones that can share its
// transaction. The queue is divided among the ready connections, so that all of them have work.
PgPool::Jobs PgPool::next_jobs() {
  const auto ready = static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                            [](const auto& one) { return one->is_ready(); }));
  const std::size_t share = (waiting_.size() + ready - 1) / std::max<std::size_t>(ready, 1);
  Jobs jobs;
  std::size_t bytes = 0;
  do {
    bytes += waiting_.front()->delivery ? waiting_.front()->delivery->body.size() : 0;
    jobs.push_back(waiting_.front());
    waiting_.pop_front();
  } while (jobs.front()->joins() && !waiting_.empty() && waiting_.front()->joins() &&
           jobs.size() < std::min(share, kMaxBatchItems) && bytes < kMaxBatchBytes);
  return jobs;
}

void PgPool::start(PgConnection& connection, const std::shared_ptr<Job>& job) {
  const auto done = [this, job, &connection](const QueryResult& result) {
    answer(*job, to_answer(result));
    if (is_stale_session(result, !job->delivery)) connection.reopen();
    dispatch();
  };
  if (!job->delivery) {
    const std::string function = connection.schema() + ".calcom_ingest(bytea, text, text)";
    return connection.run(kCheckSql, std::array{Parameter{function.c_str()}}, done);
  }
  const Call call = single_call(connection.schema(), *job->delivery);
  connection.run(call.sql, call.parameters, done);
}

// If the batch fails as a whole, the error is not an answer to any delivery. The deliveries return to the
// head of the queue and run one by one.
void PgPool::start_batch(PgConnection& connection, Jobs jobs) {
  std::vector<const Delivery*> deliveries;
  for (const auto& job : jobs) deliveries.push_back(&*job->delivery);
  const Call call = batch_call(connection.schema(), deliveries);
  connection.run(call.sql, call.parameters, [this, jobs = std::move(jobs)](const QueryResult& result) {
    if (result.state == QueryResult::State::kError) {
      for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
        (*job)->alone = true;
        if ((*job)->done) waiting_.push_front(*job);
      }
    } else {
      const std::vector<Answer> answers = batch_answers(result, jobs.size());
      for (std::size_t i = 0; i < jobs.size(); ++i) answer(*jobs[i], answers[i]);
    }
    dispatch();
  });
}

void PgPool::on_ready(const PgConnection& connection) {
  if (!announced_) log_.message("database is connected, calcom is in schema " + connection.schema());
  announced_ = true;
  failure_ = PgConnection::Failure::kAway;
  last_reason_.clear();
  dispatch();
}

void PgPool::on_failed(PgConnection::Failure failure, std::string_view reason) {
  if (is_available()) return;
  announced_ = false;
  failure_ = failure;
  if (last_reason_ != reason) {
    last_reason_ = reason;
    log_.message("database is not available: " + last_reason_);
  }
  const auto abandoned = std::exchange(waiting_, {});
  Answer away;
  away.fate = failure == PgConnection::Failure::kAway ? Fate::kAway : Fate::kNotInstalled;
  for (const auto& job : abandoned) answer(*job, away);
}

PgConnection* PgPool::ready_connection() {
  for (const auto& connection : connections_) {
    if (connection->is_ready()) return connection.get();
  }
  return nullptr;
}

bool PgPool::is_available() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& connection) { return connection->is_established(); });
}

}  // namespace calcom::proxy
