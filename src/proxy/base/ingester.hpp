// The interface between HTTP and the database. Deliveries that wait at the same time share a transaction.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace calcom::proxy {

// Values of headers; absent if the request has no such header.
struct Credentials {
  std::optional<std::string> signature;
  std::optional<std::string> id, timestamp;  // of Resend's webhook
};

enum class Sender { kCalcom, kResend };

struct Delivery {
  Sender sender = Sender::kCalcom;
  std::string body;  // exact bytes
  Credentials credentials;
  std::string account;
};

enum class Fate {
  kCommitted,     // the transaction's commit was confirmed
  kRefused,       // the database raised an error: see sqlstate
  kUnknown,       // the connection was lost after sending; repeating is safe, equal bytes are stored once
  kTimedOut,      // no answer in time; repeating is safe
  kAway,          // no database connection, nothing was sent
  kNotInstalled,  // the database has no calcom extension, nothing was sent
  kQueueFull,     // too many deliveries wait already, nothing was sent
};

struct Answer {
  Fate fate = Fate::kAway;
  std::string outcome;   // kCommitted: applied, duplicate, stale, ignored, deferred, dead
  std::string event_id;  // kCommitted
  std::string sqlstate;  // kRefused
};

class Ingester {
 public:
  using Done = std::function<void(const Answer&)>;
  // An empty reason means healthy.
  using Checked = std::function<void(std::string_view reason)>;

  Ingester() = default;
  Ingester(const Ingester&) = delete;
  Ingester& operator=(const Ingester&) = delete;
  virtual ~Ingester() = default;

  // done is called exactly once, never from within submit.
  virtual void submit(Delivery delivery, Done done) = 0;
  // checked is called exactly once, never from within check, after asking the database itself.
  virtual void check(Checked checked) = 0;
};

}  // namespace calcom::proxy
