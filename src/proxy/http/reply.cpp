// The table of SQLSTATEs is the contract with calcom_ingest and resend_ingest.
#include "proxy/http/reply.hpp"

#include <array>

#include "proxy/base/quote.hpp"

namespace calcom::proxy {
namespace {

constexpr unsigned kRetryWhenAway = 5;
constexpr unsigned kRetryWhenFull = 1;
constexpr std::string_view kUnavailable = "database is not available, try again";
constexpr std::string_view kNotSetUp = "calcom is not set up in the database";
constexpr std::string_view kHintSetUp =
    "run CREATE EXTENSION calcom; SELECT calcom_setup(); in the database the proxy uses";

struct State {
  std::string_view sqlstate;
  unsigned status;
  std::string_view error;
  std::string_view hint;
};

// KC... are raised by calcom_ingest. The other exact states are the ways in which a database that is being
// set up, upgraded or failed over refuses a call that will succeed later.
constexpr std::array kStates{
    State{"KC401", 401, "signature does not match", ""},
    State{"KC402", 401, "exactly one set of signature headers is required", ""},
    State{"KC403", 401, "no webhook secret is set for this account",
          "set the account's secret: SELECT calcom_set_secret(account, kind, secret); kind is webhook for "
          "Cal.com's, "
          "resend_webhook for Resend's"},
    State{"KC404", 404, "unknown account", ""},
    State{"KC423", 423, "account is disabled", ""},
    State{"KC413", 413, "body too large", ""},
    State{"KC503", 503, kNotSetUp, kHintSetUp},
    State{"3F000", 503, kNotSetUp, kHintSetUp},
    State{"42883", 503, kNotSetUp, kHintSetUp},
    State{"25006", 503, kUnavailable, "the database is read-only: point the proxy at the primary"},
    State{"42501", 500, "internal error", "GRANT calcom_ingester TO the login that the proxy uses"},
};

// Classes that speak of the server's condition, not of this delivery: connection, resources, operator
// intervention, serialization and deadlock, object in use, internal.
constexpr std::array<std::string_view, 6> kPassingClasses{"08", "53", "57", "40", "55", "XX"};

const State* find_state(std::string_view sqlstate) {
  for (const State& state : kStates) {
    if (state.sqlstate == sqlstate) return &state;
  }
  return nullptr;
}

Reply unavailable(std::string_view error, unsigned retry_after) {
  Reply reply = error_reply(503, error);
  reply.retry_after = retry_after;
  return reply;
}

Reply refused(std::string_view sqlstate) {
  if (const State* state = find_state(sqlstate)) {
    return state->status == 503 ? unavailable(state->error, kRetryWhenAway)
                                : error_reply(state->status, state->error);
  }
  for (const std::string_view passing : kPassingClasses) {
    if (sqlstate.starts_with(passing)) return unavailable(kUnavailable, kRetryWhenAway);
  }
  return error_reply(500, "internal error");
}

}  // namespace

Reply error_reply(unsigned status, std::string_view error) {
  return {status, "{\"error\":" + quoted(error) + "}"};
}

Reply reply_to(const Answer& answer) {
  switch (answer.fate) {
    case Fate::kCommitted:
      return {200,
              "{\"outcome\":" + quoted(answer.outcome) + ",\"event_id\":" + quoted(answer.event_id) + "}"};
    case Fate::kRefused:
      return refused(answer.sqlstate);
    case Fate::kQueueFull:
      return unavailable("too many deliveries are waiting, try again", kRetryWhenFull);
    case Fate::kNotInstalled:
      return unavailable(kNotSetUp, kRetryWhenAway);
    case Fate::kUnknown:
    case Fate::kTimedOut:
    case Fate::kAway:
      break;
  }
  return unavailable(kUnavailable, kRetryWhenAway);
}

Reply health_reply(std::string_view reason) {
  return reason.empty() ? Reply{200, "{\"status\":\"ok\"}"} : unavailable(reason, kRetryWhenAway);
}

std::string_view operator_hint(const Answer& answer) {
  if (answer.fate == Fate::kNotInstalled) return kHintSetUp;
  const State* state = answer.fate == Fate::kRefused ? find_state(answer.sqlstate) : nullptr;
  return state ? state->hint : "";
}

}  // namespace calcom::proxy
