// HTTP by libcurl's multi interface for one caller in one thread: start transfers, wait on one descriptor,
// step without blocking, collect what is done. Never calls PostgreSQL; every callback only appends to capped
// strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/sending/resend.hpp"

namespace calcom::net {

struct Limits {
  long connect_timeout_ms = 10'000;
  long total_timeout_ms = 30'000;
  std::size_t max_response_bytes = 64 * 1024;
  std::size_t max_transfers = 8;  // in flight at once; start() refuses beyond
};

struct Request {
  std::uint64_t tag = 0;  // the caller's: comes back with the result
  std::string url;        // https only, but http for a loopback address (tests)
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // POSTed
};

struct Result {
  std::uint64_t tag = 0;
  Answer answer;
};

class Transport {
 public:
  Transport(Limits limits, std::string user_agent);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  std::size_t in_flight() const;
  std::size_t free_slots() const;
  bool start(Request request);  // false: no slot free, or the URL is refused

  // An epoll descriptor that is readable when step() has something to do; stable for the object's life.
  int descriptor() const;
  // Milliseconds until step() must be called even without readiness; -1: never.
  long timeout_ms() const;
  // Does what can be done now without waiting (well under 100 ms) and returns what has finished.
  std::vector<Result> step();
  // Drops everything in flight (shutdown); outcomes are unknown to the caller.
  void abort_all();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace calcom::net
