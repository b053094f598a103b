// A question that costs much is asked once for all who look, and rests in proportion to its cost: however
// many operator pages are open over however many rows, the database spends a tenth of one connection on it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/admin/session.hpp"
#include "proxy/database/query_pool.hpp"
#include "proxy/http/page.hpp"

namespace calcom::proxy {

class SharedAnswer {
 public:
  SharedAnswer(std::string sql, AdminClock clock);

  // The last answer while it is fresh, else that of a question to the database.
  void ask(Queries& database, PageHandler::Done done);
  // Something was changed: whoever asks from now on sees it.
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
