#include "core/base/errors.hpp"

#include <algorithm>
#include <array>

namespace calcom {

namespace {

constexpr ErrorText kErrors[] = {
#define CALCOM_ERROR(identifier, name, sqlstate, status, group, message, hint, happened, remedy) \
  {Error::identifier, name, sqlstate, status, message, hint},
#include "core/base/errors.def"
#undef CALCOM_ERROR
};

constexpr const ErrorText& listed(Error error) {
  return kErrors[static_cast<std::size_t>(error)];
}

constexpr std::string_view kUnavailable = "database is not available, try again";

// SQLSTATEs of PostgreSQL's own that a database raises while it is set up, upgraded or failed over.
struct ServerState {
  std::string_view sqlstate;
  HttpAnswer answer;
};
constexpr std::string_view kHintInstall =
    "run CREATE EXTENSION calcom; SELECT calcom_setup(); in the database the proxy uses";
constexpr std::array kServerStates{
    ServerState{"3F000", {503, listed(Error::kNotSetUp).message, kHintInstall, kRetryAfterSeconds}},
    ServerState{"42883", {503, listed(Error::kNotSetUp).message, kHintInstall, kRetryAfterSeconds}},
    ServerState{
        "25006",
        {503, kUnavailable, "the database is read-only: point the proxy at the primary", kRetryAfterSeconds}},
    ServerState{"42501",
                {500, "internal error", "GRANT calcom_ingester TO the login that the proxy uses", 0}},
};

// Classes that describe the server's condition and not this delivery: connection, serialization and deadlock,
// resources, object in use, operator intervention, internal.
constexpr std::array<std::string_view, 6> kPassingClasses{"08", "40", "53", "55", "57", "XX"};

template <typename F>
const ErrorText* find_error(F&& matches) {
  const auto* at = std::find_if(std::begin(kErrors), std::end(kErrors), matches);
  return at == std::end(kErrors) ? nullptr : at;
}

// A sender's mistake gets no hint in the operator's log.
HttpAnswer answer_of(const ErrorText& text) {
  const bool for_operator = text.status == 503 || text.error == Error::kNoSecret;
  return {text.status, text.message, for_operator ? text.hint : "",
          text.status == 503 ? kRetryAfterSeconds : 0};
}

}  // namespace

const ErrorText& text_of(Error error) {
  return listed(error);
}

const ErrorText* find_error_by_name(std::string_view name) {
  return find_error([=](const ErrorText& text) { return text.name == name; });
}

const ErrorText* find_error_by_sqlstate(std::string_view sqlstate) {
  return find_error([=](const ErrorText& text) { return text.sqlstate == sqlstate; });
}

HttpAnswer http_answer(std::string_view sqlstate) {
  if (const ErrorText* text = find_error_by_sqlstate(sqlstate)) return answer_of(*text);
  for (const ServerState& state : kServerStates)
    if (state.sqlstate == sqlstate) return state.answer;
  for (const std::string_view passing : kPassingClasses)
    if (sqlstate.starts_with(passing)) return {503, kUnavailable, "", kRetryAfterSeconds};
  return {500, "internal error", "", 0};
}

}  // namespace calcom
