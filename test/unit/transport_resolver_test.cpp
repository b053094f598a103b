// libcurl looks names up in a thread of its own. This program answers those look-ups itself (its getaddrinfo
// comes before the C library's), so that it sees the thread's signal mask, can let a look-up hang, and asks
// no network.
#include <gtest/gtest.h>
#include <netdb.h>
#include <poll.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>

#include "net/transport.hpp"

namespace {

struct Resolver {
  std::mutex mutex;
  std::condition_variable changed;
  bool hang = false;
  int calls = 0;
  int answers = 0;
  sigset_t mask{};
};

Resolver& resolver() {
  static auto* const one = new Resolver;  // outlives a look-up that was left behind
  return *one;
}

}  // namespace

extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) {
  Resolver& state = resolver();
  std::unique_lock lock(state.mutex);
  pthread_sigmask(SIG_SETMASK, nullptr, &state.mask);
  ++state.calls;
  state.changed.notify_all();
  state.changed.wait(lock, [&] { return !state.hang; });
  ++state.answers;
  state.changed.notify_all();
  return EAI_NONAME;
}

namespace calcom::net {
namespace {

Answer ask(Transport& transport) {
  EXPECT_TRUE(transport.start({.tag = 1, .url = "https://mail.example/emails", .headers = {}, .body = "{}"}));
  std::vector<Result> results;
  while (results.empty()) {
    pollfd ready{.fd = transport.descriptor(), .events = POLLIN, .revents = 0};
    poll(&ready, 1, static_cast<int>(transport.timeout_ms()));
    results = transport.step();
  }
  return results.front().answer;
}

TEST(TransportResolver, ItsThreadTakesNoSignalOfOurs) {
  Transport transport({}, "calcom-test/1.0");
  const Answer answer = ask(transport);
  EXPECT_FALSE(answer.has_response);
  EXPECT_FALSE(answer.request_written);
  EXPECT_NE(answer.transport_error, "");
  ASSERT_EQ(resolver().calls, 1);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD, SIGQUIT, SIGURG})
    EXPECT_EQ(sigismember(&resolver().mask, signal), 1) << signal;
}

TEST(TransportResolver, ALookUpThatHangsHoldsUpNobody) {
  const auto begin = std::chrono::steady_clock::now();
  resolver().hang = true;
  const int answers = resolver().answers;
  {
    Transport transport({.total_timeout_ms = 100}, "calcom-test/1.0");
    const Answer answer = ask(transport);
    EXPECT_FALSE(answer.request_written);
    EXPECT_EQ(answer.transport_error, "timeout");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  std::unique_lock lock(resolver().mutex);
  EXPECT_EQ(resolver().answers, answers);  // still hanging when all the above was done
  resolver().hang = false;
  resolver().changed.notify_all();
  resolver().changed.wait(lock, [&] { return resolver().answers > answers; });
}

}  // namespace
}  // namespace calcom::net
