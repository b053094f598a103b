#include "proxy/http/reply.hpp"

#include "core/base/errors.hpp"
#include "core/base/json_compose.hpp"

namespace calcom::proxy {
namespace {

constexpr unsigned kRetryWhenFull = 1;  // seconds
constexpr std::string_view kNotInstalled = "3F000";
constexpr std::string_view kUnavailable = "database is not available, try again";

Reply unavailable(std::string_view error, unsigned retry_after) {
  Reply reply = error_reply(503, error);
  reply.retry_after = retry_after;
  return reply;
}

Reply refused(std::string_view sqlstate) {
  const HttpAnswer answer = http_answer(sqlstate);
  Reply reply = error_reply(answer.status, answer.error);
  reply.retry_after = answer.retry_after;
  return reply;
}

}  // namespace

Reply error_reply(unsigned status, std::string_view error) {
  return {status, JsonObject().set("error", error).dump()};
}

Reply reply_to(const Answer& answer) {
  switch (answer.fate) {
    case Fate::kCommitted:
      return {200, JsonObject().set("outcome", answer.outcome).set("event_id", answer.event_id).dump()};
    case Fate::kRefused:
      return refused(answer.sqlstate);
    case Fate::kQueueFull:
      return unavailable("too many deliveries are waiting, try again", kRetryWhenFull);
    case Fate::kNotInstalled:
      return refused(kNotInstalled);
    case Fate::kUnknown:
    case Fate::kTimedOut:
    case Fate::kAway:
      break;
  }
  return unavailable(kUnavailable, kRetryAfterSeconds);
}

Reply health_reply(std::string_view reason) {
  return reason.empty() ? Reply{200, "{\"status\":\"ok\"}"} : unavailable(reason, kRetryAfterSeconds);
}

std::string_view operator_hint(const Answer& answer) {
  if (answer.fate == Fate::kNotInstalled) return http_answer(kNotInstalled).hint;
  return answer.fate == Fate::kRefused ? http_answer(answer.sqlstate).hint : "";
}

}  // namespace calcom::proxy
