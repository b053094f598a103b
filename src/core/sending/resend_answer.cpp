// Classifies an answer of Resend by its status, then by the error's name. An unknown name is classified by
// the status. A bad key must never count as a bad mail: the whole queue would fail when a key is rotated.
// Resend has reported a bad key as 400, 401 and 403, also with the name validation_error.
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "core/base/escape.hpp"
#include "core/base/text.hpp"
#include "core/sending/rate.hpp"
#include "core/sending/resend.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMostProviderWords = 500;

struct ErrorBody {
  bool from_api = false;  // a JSON object; any other body is from a gateway in front of the API
  std::string id;
  std::string name;     // a token such as "validation_error", else empty
  std::string message;  // in lower case, for comparison
  std::string words;    // as the provider wrote it; may contain addresses
};

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 200 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

std::string_view member(const simdjson::dom::object& object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return {};
  return text;
}

ErrorBody read_body(std::string_view body) {
  ErrorBody read;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(body);
  const simdjson::error_code error = parser.parse(padded).get(object);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) return read;
  read.from_api = true;
  if (const auto id = member(object, "id"); is_id(id)) read.id = id;
  if (const auto name = member(object, "name"); is_token(name)) read.name = name;
  read.words = one_line(member(object, "message"), kMostProviderWords);
  read.message = ascii_lower(member(object, "message"));
  return read;
}

bool speaks_of_the_key(const ErrorBody& body) {
  constexpr std::array<std::string_view, 6> kNames = {"missing_api_key",    "invalid_api_key",
                                                      "restricted_api_key", "suspended_api_key",
                                                      "invalid_permission", "invalid_access"};
  // The message must start with these words: later text may be quoted from a mail.
  return std::find(kNames.begin(), kNames.end(), body.name) != kNames.end() ||
         body.message.starts_with("api key");
}

// "The studio.example domain is not verified. …" at the start, for the same reason. A domain contains no
// space, so longer quoted text does not match.
bool speaks_of_the_domain(const ErrorBody& body) {
  if (body.name == "invalid_from_address") return true;
  constexpr std::string_view kThe = "the ";
  constexpr std::string_view kUnverified = " domain is not verified";
  const std::string_view message = body.message;
  if (message.starts_with("domain is not verified") || message.starts_with("domain not verified"))
    return true;
  const std::size_t end = message.find(' ', kThe.size());
  return message.starts_with(kThe) && end != std::string_view::npos &&
         message.substr(end).starts_with(kUnverified);
}

Outcome of_domain() {
  return {.verdict = Verdict::kStop,
          .cause = MailCause::kDomainRefused,
          .probe_after = kDomainProbe,
          .of_domain = true};
}

Outcome stop(MailCause cause) {
  return {.verdict = Verdict::kStop, .cause = cause};
}

Outcome mail_refused() {
  return {.verdict = Verdict::kFail, .cause = MailCause::kMailRefused};
}

Outcome forbidden(const ErrorBody& body) {
  // Resend's shared test sender can only send to the account's own address: this mail can never be sent.
  if (body.name == "validation_error" && body.message.starts_with("you can only send testing emails"))
    return mail_refused();
  // The key is refused, or the edge blocks us (1010): every mail would get the same answer.
  return stop(body.from_api ? MailCause::kKeyRefused : MailCause::kEdgeRefused);
}

Outcome not_found(const ErrorBody& body) {
  const bool about_this_mail = body.from_api && body.message.find("endpoint") == std::string::npos;
  return about_this_mail ? mail_refused() : stop(MailCause::kWrongUrl);
}

Outcome too_many(const ErrorBody& body, const Answer& answer, Micros now) {
  if (body.name == "monthly_quota_exceeded")
    return {.verdict = Verdict::kStop, .cause = MailCause::kMonthlyQuota, .probe_after = kMonthlyQuotaProbe};
  if (body.name == "daily_quota_exceeded")
    return {
        .verdict = Verdict::kWait, .cause = MailCause::kDailyQuota, .wait_until = daily_quota_renewed(now)};
  const Micros window = rate_advice(answer, now).reset_at.value_or(now);
  return {.verdict = Verdict::kWait,
          .cause = MailCause::kRateLimited,
          .wait_until = retry_after(answer, now).value_or(std::max(window, now + kSecond))};
}

Outcome conflict(const ErrorBody& body, const Answer& answer, Micros now) {
  if (body.name == "invalid_idempotent_request")
    return {.verdict = Verdict::kConflict, .cause = MailCause::kBodyConflict};
  // Another request with the same key is under way: an earlier attempt may be accepted right now.
  const bool in_flight = body.name == "concurrent_idempotent_requests";
  return {.cause = in_flight ? MailCause::kProviderBusy : MailCause::kProviderFailed,
          .wait_until = retry_after(answer, now),
          .unknown = in_flight};
}

Outcome unanswered(const Answer& answer, Micros now) {
  return {.cause = MailCause::kProviderFailed, .wait_until = retry_after(answer, now), .unknown = true};
}

Outcome client_error(const ErrorBody& body, const Answer& answer, Micros now) {
  if (answer.status == 429) return too_many(body, answer, now);
  if (answer.status == 409) return conflict(body, answer, now);
  if (answer.status == 408) return unanswered(answer, now);
  if (speaks_of_the_key(body)) return stop(MailCause::kKeyRefused);
  if (speaks_of_the_domain(body)) return of_domain();
  switch (answer.status) {
    case 401:
    case 402:
      return stop(MailCause::kKeyRefused);
    case 405:
    case 407:
      return stop(MailCause::kWrongUrl);
    case 403:
      return forbidden(body);
    case 404:
      return not_found(body);
    default:
      return mail_refused();
  }
}

Outcome success(const ErrorBody& body) {
  if (!body.id.empty()) return {.verdict = Verdict::kSent, .provider_id = body.id};
  return {.cause = MailCause::kProviderFailed,
          .unknown = true};  // probably accepted: retry with the same key
}

std::string reason_of(const Answer& answer, const ErrorBody& body, const Outcome& outcome) {
  std::string reason = std::to_string(answer.status);
  if (outcome.verdict == Verdict::kSent) return reason;
  if (!body.name.empty())
    reason.append(" ").append(body.name);
  else if (!body.from_api)
    reason += answer.body.empty() ? " empty answer" : " not an answer of the API";
  else if (answer.status < 300)
    reason += " without an id";
  return reason;
}

Outcome no_response(const Answer& answer) {
  const std::string words = one_line(answer.transport_error, 200);
  return {.cause = MailCause::kNoAnswer,
          .reason = words.empty() ? "no answer" : words,
          .unknown = answer.request_written,
          .unreached = !answer.request_written};
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSent:
      return "sent";
    case Verdict::kFail:
      return "fail";
    case Verdict::kRetry:
      return "retry";
    case Verdict::kWait:
      return "wait";
    case Verdict::kStop:
      return "stop";
    case Verdict::kConflict:
      return "conflict";
  }
  return "retry";
}

std::string sender_domain_of(std::string_view request) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(request);
  const simdjson::error_code error = parser.parse(padded).get(object);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  if (error != simdjson::SUCCESS) return {};
  return sender_domain(member(object, "from"));
}

Outcome classify(const Answer& answer, Micros now) {
  if (!answer.has_response) return no_response(answer);
  const ErrorBody body = read_body(answer.body);
  Outcome outcome;
  if (answer.status >= 200 && answer.status < 300)
    outcome = success(body);
  else if (answer.status >= 300 && answer.status < 400)
    outcome = stop(MailCause::kWrongUrl);  // the API never redirects
  else if (answer.status >= 400 && answer.status < 500)
    outcome = client_error(body, answer, now);
  else  // an error of the API itself is definite; a gateway may have forwarded the mail
    outcome = {.cause = MailCause::kProviderFailed,
               .wait_until = retry_after(answer, now),
               .unknown = !body.from_api};
  outcome.reason = reason_of(answer, body, outcome);
  if (outcome.verdict != Verdict::kSent) outcome.provider_message = body.words;
  return outcome;
}

}  // namespace calcom
