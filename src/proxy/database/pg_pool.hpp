// A few database connections behind the Ingester seam. A delivery that waits for a locked booking holds one
// connection and nobody else; a bounded queue holds what comes meanwhile; nothing is held while the database
// is away.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/base/ingester.hpp"
#include "proxy/base/log.hpp"
#include "proxy/base/options.hpp"
#include "proxy/database/pg_connection.hpp"

namespace calcom::proxy {

class PgPool final : public Ingester {
 public:
  PgPool(boost::asio::io_context& io, const Options& options, const Log& log);
  ~PgPool() override;

  void open();
  void close();

  void submit(Delivery delivery, Done done) override;
  void check(Checked checked) override;

 private:
  struct Job;
  using Jobs = std::vector<std::shared_ptr<Job>>;

  void enqueue(std::optional<Delivery> delivery, Done done);
  Jobs next_jobs();
  void start(PgConnection& connection, const std::shared_ptr<Job>& job);
  void start_batch(PgConnection& connection, Jobs jobs);
  void answer(Job& job, const Answer& answer);
  void answer_later(Done done, Fate fate);
  void expire(const std::shared_ptr<Job>& job);
  void on_ready(const PgConnection& connection);
  void on_failed(PgConnection::Failure failure, std::string_view reason);
  void dispatch();
  PgConnection* ready_connection();
  bool is_available() const;

  boost::asio::io_context& io_;
  const Log& log_;
  std::size_t queue_limit_;
  std::chrono::milliseconds timeout_;
  std::vector<std::unique_ptr<PgConnection>> connections_;
  std::deque<std::shared_ptr<Job>> waiting_;
  PgConnection::Failure failure_ = PgConnection::Failure::kAway;  // why none is established, if none is
  bool announced_ = false;                                        // the log knows that there is one
  std::string last_reason_;                                       // said once, not at every attempt
};

}  // namespace calcom::proxy
