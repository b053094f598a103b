// Shares the result of an expensive query between all viewers and repeats it at a rate that depends on its
// cost: it uses at most a tenth of one connection, whatever the number of open pages.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/admin/operator_session.hpp"
#include "proxy/database/query_pool.hpp"
#include "proxy/http/page_handler.hpp"

namespace calcom::proxy {

class SharedAnswer {
 public:
  SharedAnswer(std::string sql, AdminClock clock);

  // Returns the last answer while it is fresh, otherwise asks the database.
  void ask(Queries& database, PageHandler::Done done);
  // Call after a change: later requests ask the database again.
  void forget();

 private:
  struct Round {
    SteadyTime begun;
    std::vector<PageHandler::Done> waiting;
  };

  void settle(const std::shared_ptr<Round>& round, const QueryResult& result);

  std::string sql_;
  AdminClock clock_;
  std::shared_ptr<Round> round_;  // that may still be joined
  std::optional<Reply> answer_;
  SteadyTime fresh_until_{};
};

}  // namespace calcom::proxy
