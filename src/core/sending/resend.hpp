// Resend's API as bytes: the request we freeze, and what an answer means for the row, for the sender and for
// the circuit. Pure: status, headers and body in, outcome out (facts: docs/mail.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/value.hpp"
#include "core/booking/mail_cause.hpp"

namespace calcom {

struct Attachment {
  std::string filename, content_type;
  std::string bytes;
};

struct SendRequest {
  std::string from;      // "a@b.c" or "Name <a@b.c>"
  std::string to;        // exactly one recipient
  std::string reply_to;  // may be empty
  std::string subject, html, text;
  std::vector<std::pair<std::string, std::string>>
      tags;  // ASCII letters, digits, _ and - only; others are mapped
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Attachment> attachments{};
};

// The exact bytes to POST to /emails; deterministic for equal input.
std::string compose_send(const SendRequest& request);

// The domain that a request made by compose_send() is from, lower case.
std::string sender_domain_of(std::string_view request);

enum class Verdict : std::uint8_t {
  kSent,      // provider_id is set
  kFail,      // final for this row
  kRetry,     // same key, same bytes, later; counts an attempt
  kWait,      // the whole sender pauses until wait_until; not counted
  kStop,      // open the circuit: keep every row, probe now and then (see probe_after)
  kConflict,  // 409 invalid_idempotent_request: a mail was probably sent; park for a person
};
std::string_view verdict_name(Verdict verdict);

struct Answer {                  // what the transport brought back
  bool has_response = false;     // false: timeout, reset, TLS or DNS failure
  bool request_written = false;  // without a response: might the provider have it?
  int status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // lower-case names
  std::string body;                                         // capped by the transport
  std::string transport_error;                              // libcurl's words, no secrets
};

struct Outcome {  // every member has a default, so that { .verdict = … } is whole
  Verdict verdict = Verdict::kRetry;
  std::string provider_id{};         // of kSent
  std::optional<MailCause> cause{};  // of all but kSent
  std::string reason{};              // "422 validation_error", "timeout"; may be logged
  std::string provider_message{};    // the provider's own words, capped; may echo addresses, so never logged
  std::optional<Micros> wait_until{};   // of kWait, kRetry with retry-after
  std::optional<Micros> probe_after{};  // of kStop: its own pause; else it grows from probe to probe
  bool of_domain = false;               // of kStop: the sender's domain is refused, and no other
  bool unknown = false;                 // the provider may have accepted it
  bool unreached = false;               // of kRetry: the request did not get there; not counted
};

inline constexpr Micros kMonthlyQuotaProbe = kHour;
inline constexpr Micros kDomainProbe = 10 * kMinute;

Outcome classify(const Answer& answer, Micros now);

struct RateAdvice {  // from ratelimit-* headers
  std::optional<int> limit, remaining;
  std::optional<int> window;  // that the limit is for, in seconds
  std::optional<Micros> reset_at;
};
RateAdvice rate_advice(const Answer& answer, Micros now);

}  // namespace calcom
