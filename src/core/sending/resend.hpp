// Resend's API: composes the bytes of a request, and classifies an answer for the row, the sender and the
// circuit. Pure functions of status, headers and body (facts: docs/mail.md).
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

// The sender's domain in a request made by compose_send(), in lower case; empty if it cannot be read.
std::string sender_domain_of(std::string_view request);

enum class Verdict : std::uint8_t {
  kSent,      // provider_id is set
  kFail,      // final for this row
  kRetry,     // same key, same bytes, later; counts an attempt
  kWait,      // the whole sender pauses until wait_until; the attempt is not counted
  kStop,      // open the circuit: every row is kept, single mails are sent as probes (see probe_after)
  kConflict,  // 409 invalid_idempotent_request: a mail was probably sent; an administrator must decide
};
std::string_view verdict_name(Verdict verdict);

struct Answer {                  // the result of the transport
  bool has_response = false;     // false: timeout, reset, TLS or DNS failure
  bool request_written = false;  // without a response: the provider may have received it
  int status = 0;
  std::map<std::string, std::string, std::less<>> headers;  // lower-case names
  std::string body;                                         // capped by the transport
  std::string transport_error;                              // libcurl's message, no secrets
};

struct Outcome {  // every member has a default, so that { .verdict = … } is complete
  Verdict verdict = Verdict::kRetry;
  std::string provider_id{};            // of kSent
  std::optional<MailCause> cause{};     // of all but kSent
  std::string reason{};                 // "422 validation_error", "timeout"; may be logged
  std::string provider_message{};       // the provider's message, cut; may contain addresses: never logged
  std::optional<Micros> wait_until{};   // of kWait, kRetry with retry-after
  std::optional<Micros> probe_after{};  // of kStop: pause before the probe; unset: it grows
  bool of_domain = false;               // of kStop: only the sender's domain is refused
  bool unknown = false;                 // the provider may have accepted it
  bool unreached = false;               // of kRetry: the request did not arrive; not counted
};

inline constexpr Micros kMonthlyQuotaProbe = kHour;
inline constexpr Micros kDomainProbe = 10 * kMinute;

Outcome classify(const Answer& answer, Micros now);

struct RateAdvice {  // from ratelimit-* headers
  std::optional<int> limit, remaining;
  std::optional<int> window;  // the period of the limit, in seconds
  std::optional<Micros> reset_at;
};
RateAdvice rate_advice(const Answer& answer, Micros now);

}  // namespace calcom
