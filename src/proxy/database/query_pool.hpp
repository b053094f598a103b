// A few database connections for the pages, apart from those of the deliveries: however often people look,
// no webhook waits for them. Opened at the first question, so that a proxy without visitors holds none.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/base/log.hpp"
#include "proxy/database/pg_connection.hpp"

namespace calcom::proxy {

struct Query {
  std::string sql;  // "@extschema@" stands for the schema of calcom, as in install scripts
  std::vector<std::optional<std::string>> parameters{};  // text
};

class Queries {
 public:
  using Done = std::function<void(const QueryResult&)>;

  Queries() = default;
  Queries(const Queries&) = delete;
  Queries& operator=(const Queries&) = delete;
  virtual ~Queries() = default;

  // done is called exactly once, never from within ask. Without a connection or an answer in time the
  // SQLSTATE is one of kAwayState, kNotInstalledState, kBusyState.
  virtual void ask(Query query, Done done) = 0;
};

inline constexpr std::string_view kAwayState = "08001";
inline constexpr std::string_view kNotInstalledState = "KC503";
inline constexpr std::string_view kBusyState = "53300";

class QueryPool final : public Queries {
 public:
  // name: for the log.
  QueryPool(boost::asio::io_context& io, const ConnectionSettings& settings, std::size_t connections,
            const Log& log, std::string name);
  ~QueryPool() override;

  void close();
  void ask(Query query, Done done) override;

 private:
  struct Job;

  void dispatch();
  void answer(Job& job, const QueryResult& result);
  void refuse_later(Done done, std::string_view sqlstate);
  void on_ready();
  void on_failed(PgConnection::Failure failure, std::string_view reason);
  PgConnection* ready_connection();
  bool is_established() const;

  boost::asio::io_context& io_;
  const Log& log_;
  std::string name_;
  std::chrono::milliseconds timeout_;
  std::vector<std::unique_ptr<PgConnection>> connections_;
  std::deque<std::shared_ptr<Job>> waiting_;
  bool opened_ = false;
  bool failed_ = false;  // and not connected since: nobody waits for the next attempt
  PgConnection::Failure failure_ = PgConnection::Failure::kAway;
  std::string last_reason_;  // said once, not at every attempt
};

}  // namespace calcom::proxy
