// A query that began before a change still answers its waiting requests, but is not stored: its result may be
// from before the change.
#include "proxy/admin/shared_answer.hpp"

#include <algorithm>
#include <utility>

#include "proxy/admin/answer.hpp"

namespace calcom::proxy {
namespace {

constexpr int kRestPerCost = 9;
constexpr SteadyTime::duration kShortestRest = std::chrono::seconds(1);
constexpr SteadyTime::duration kLongestRest = std::chrono::minutes(1);

}  // namespace

SharedAnswer::SharedAnswer(std::string sql, AdminClock clock)
    : sql_(std::move(sql)), clock_(std::move(clock)) {}

void SharedAnswer::ask(Queries& database, PageHandler::Done done) {
  if (answer_ && clock_.steady() < fresh_until_) return done(*answer_);
  if (round_) return round_->waiting.push_back(std::move(done));
  const auto round = std::make_shared<Round>(Round{clock_.steady(), {}});
  round->waiting.push_back(std::move(done));
  round_ = round;
  database.ask({sql_}, [this, round](const QueryResult& result) { settle(round, result); });
}

void SharedAnswer::forget() {
  answer_.reset();
  round_.reset();
}

void SharedAnswer::settle(const std::shared_ptr<Round>& round, const QueryResult& result) {
  const Reply reply = json_reply(result);
  if (round_ == round) {
    round_.reset();
    answer_.reset();
    if (reply.status == 200) {
      const SteadyTime now = clock_.steady();
      answer_ = reply;
      fresh_until_ = now + std::clamp((now - round->begun) * kRestPerCost, kShortestRest, kLongestRest);
    }
  }
  for (const PageHandler::Done& done : std::exchange(round->waiting, {})) done(reply);
}

}  // namespace calcom::proxy
