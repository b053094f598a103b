// The transport against a real socket: what comes back, what is known when nothing comes back, and that one
// slow answer never holds up the others.
#include "net/transport.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <set>

#include "net/url.hpp"
#include "transport_server.hpp"

namespace calcom::net {
namespace {

using test::LoopbackServer;

constexpr char kAgent[] = "calcom-test/1.0";

// Waits as the worker does, on the descriptor and the timer, until `count` results are there.
std::vector<Result> run(Transport& transport, std::size_t count) {
  std::vector<Result> all;
  while (all.size() < count) {
    pollfd ready{.fd = transport.descriptor(), .events = POLLIN, .revents = 0};
    EXPECT_FALSE(transport.in_flight() == 0 && all.size() < count)
        << "nothing in flight, but results missing";
    if (transport.in_flight() == 0) return all;
    poll(&ready, 1, static_cast<int>(transport.timeout_ms()));
    for (Result& result : transport.step()) all.push_back(std::move(result));
  }
  return all;
}

Request request_to(const std::string& url, std::uint64_t tag = 1) {
  return {.tag = tag,
          .url = url,
          .headers = {{"Authorization", "Bearer re_test"}, {"Content-Type", "application/json"}},
          .body = R"({"to":["a@example.com"]})"};
}

Answer one(Transport& transport, const std::string& url) {
  EXPECT_TRUE(transport.start(request_to(url)));
  const std::vector<Result> results = run(transport, 1);
  return results.empty() ? Answer{} : results.front().answer;
}

TEST(Transport, BringsStatusLowerCaseHeadersAndBody) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  ASSERT_TRUE(transport.start(request_to(server.url("/ok"), 42)));
  const std::vector<Result> results = run(transport, 1);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].tag, 42U);
  const Answer& answer = results[0].answer;
  EXPECT_TRUE(answer.has_response);
  EXPECT_TRUE(answer.request_written);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"id":"1"})");
  EXPECT_EQ(answer.headers.at("x-mixed-case"), "Some Value");
  EXPECT_EQ(answer.transport_error, "");
}

TEST(Transport, SendsTheBytesGivenWithUserAgentAndWithoutExpect) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  Request request = request_to(server.url("/ok"));
  request.body.assign(2'000'000, 'b');  // libcurl would ask for "100 Continue" from 1 MiB on
  ASSERT_TRUE(transport.start(request));
  ASSERT_EQ(run(transport, 1).size(), 1U);
  const std::string seen = server.requests().at(0);
  EXPECT_TRUE(seen.starts_with("POST /ok HTTP/1.1\r\n"));
  EXPECT_NE(seen.find("\r\nUser-Agent: calcom-test/1.0\r\n"), std::string::npos);
  EXPECT_NE(seen.find("\r\nAuthorization: Bearer re_test\r\n"), std::string::npos);
  EXPECT_EQ(seen.find("Expect"), std::string::npos);
  EXPECT_TRUE(seen.ends_with("\r\n\r\n" + request.body));
}

TEST(Transport, TimeoutAfterTheRequestWasReadIsAnUnknownOutcome) {
  LoopbackServer server;
  Transport transport({.total_timeout_ms = 200}, kAgent);
  const Answer answer = one(transport, server.url("/hang"));
  EXPECT_FALSE(answer.has_response);
  EXPECT_TRUE(answer.request_written);
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.transport_error, "timeout");
}

TEST(Transport, ResetAfterTheRequestWasReadIsAnUnknownOutcome) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  const Answer answer = one(transport, server.url("/reset"));
  EXPECT_FALSE(answer.has_response);
  EXPECT_TRUE(answer.request_written);
  EXPECT_NE(answer.transport_error, "");
}

// libcurl itself repeats a request once when a connection that it had kept turns out dead: the same bytes
// under the same idempotency key. What must hold is that the outcome still counts as unknown.
TEST(Transport, ResetOnAKeptConnectionIsAnUnknownOutcomeToo) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  ASSERT_EQ(one(transport, server.url("/ok")).status, 200);
  const Answer answer = one(transport, server.url("/reset"));
  EXPECT_FALSE(answer.has_response);
  EXPECT_TRUE(answer.request_written);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(Transport, AnAnswerThatBreaksOffIsNoAnswer) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  const Answer answer = one(transport, server.url("/part"));
  EXPECT_FALSE(answer.has_response);
  EXPECT_TRUE(answer.request_written);
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.body, "");
}

TEST(Transport, RefusedConnectionMeansThatNothingWasWritten) {
  std::string url;
  {
    LoopbackServer gone;
    url = gone.url("/ok");
  }
  Transport transport({}, kAgent);
  const Answer answer = one(transport, url);
  EXPECT_FALSE(answer.has_response);
  EXPECT_FALSE(answer.request_written);
  EXPECT_NE(answer.transport_error, "");
}

TEST(Transport, OversizeAnswerIsCutAndKeepsItsStatus) {
  LoopbackServer server;
  Transport transport({.max_response_bytes = 1'000}, kAgent);
  const Answer answer = one(transport, server.url("/big"));
  EXPECT_TRUE(answer.has_response);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.size(), 1'000U);
  EXPECT_EQ(answer.transport_error, "answer larger than 1000 bytes");
}

TEST(Transport, DoesNotFollowRedirects) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  EXPECT_EQ(one(transport, server.url("/move")).status, 302);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Transport, ReusesConnectionsAndHandles) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(one(transport, server.url("/ok")).status, 200);
  EXPECT_EQ(server.requests().size(), 20U);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Transport, SixtyFourTransfersGoEightAtATime) {
  LoopbackServer server;
  Transport transport({.max_transfers = 8}, kAgent);
  std::uint64_t next = 0;
  std::set<std::uint64_t> done;
  while (done.size() < 64) {
    // Every group of eight is answered only once all eight are there: fewer in flight would stand still.
    while (next < 64 && transport.free_slots() > 0)
      ASSERT_TRUE(transport.start(request_to(server.url("/gather/8"), next++)));
    ASSERT_LE(transport.in_flight(), 8U);
    if (transport.free_slots() == 0) {
      ASSERT_FALSE(transport.start(request_to(server.url("/ok"), 999)));
    }
    for (const Result& result : run(transport, 1)) {
      EXPECT_EQ(result.answer.status, 200);
      EXPECT_TRUE(done.insert(result.tag).second);
    }
  }
  EXPECT_EQ(server.requests().size(), 64U);
  EXPECT_LE(server.connections(), 8U);
}

TEST(Transport, OneSlowAnswerDoesNotHoldUpTheOthers) {
  LoopbackServer server;
  Transport transport({.max_transfers = 8}, kAgent);
  ASSERT_TRUE(transport.start(request_to(server.url("/hold"), 1000)));
  std::uint64_t next = 0;
  std::size_t done = 0;
  while (done < 63) {
    while (next < 63 && transport.free_slots() > 0)
      ASSERT_TRUE(transport.start(request_to(server.url("/ok"), next++)));
    for (const Result& result : run(transport, 1)) {
      EXPECT_NE(result.tag, 1000U);
      ++done;
    }
  }
  EXPECT_EQ(transport.in_flight(), 1U);
  server.release();
  EXPECT_EQ(run(transport, 1).at(0).tag, 1000U);
}

TEST(Transport, AbortAllFreesEverySlotAndTheTransportGoesOn) {
  LoopbackServer server;
  Transport transport({.max_transfers = 4}, kAgent);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(transport.start(request_to(server.url("/hang"))));
  while (server.requests().size() < 4) {
    EXPECT_TRUE(transport.step().empty());
    pollfd ready{.fd = transport.descriptor(), .events = POLLIN, .revents = 0};
    poll(&ready, 1, static_cast<int>(std::min(transport.timeout_ms(), 10L)));
  }
  transport.abort_all();
  EXPECT_EQ(transport.in_flight(), 0U);
  EXPECT_EQ(transport.free_slots(), 4U);
  EXPECT_TRUE(transport.step().empty());
  EXPECT_EQ(one(transport, server.url("/ok")).status, 200);
}

TEST(Transport, StepNeverWaits) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  ASSERT_TRUE(transport.start(request_to(server.url("/hang"))));
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(transport.step().empty());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));  // 30 s if one waited
  transport.abort_all();
}

TEST(Transport, LeavesTheCallersSignalMaskAlone) {
  LoopbackServer server;
  sigset_t before, after;
  sigemptyset(&before);
  sigaddset(&before, SIGUSR2);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  {
    Transport transport({}, kAgent);
    one(transport, server.url("/ok"));
    ASSERT_TRUE(transport.start(request_to(server.url("/hang"))));
    transport.abort_all();
  }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int signal = 1; signal < SIGRTMIN; ++signal)
    EXPECT_EQ(sigismember(&after, signal), sigismember(&before, signal)) << signal;
}

TEST(Transport, RefusesHeadersThatWouldBecomeTwo) {
  LoopbackServer server;
  Transport transport({}, kAgent);
  Request request = request_to(server.url("/ok"));
  request.headers.emplace_back("Idempotency-Key", "x\r\nX-Evil: 1");
  EXPECT_FALSE(transport.start(request));
  EXPECT_EQ(transport.in_flight(), 0U);
}

TEST(Transport, RefusesClearTextThatLeavesTheMachine) {
  Transport transport({}, kAgent);
  EXPECT_FALSE(transport.start(request_to("http://api.resend.com/emails")));
  EXPECT_FALSE(transport.start(request_to("ftp://127.0.0.1/")));
  EXPECT_FALSE(transport.start(request_to("file:///etc/passwd")));
  EXPECT_FALSE(transport.start(request_to("")));
  EXPECT_EQ(transport.in_flight(), 0U);
}

TEST(Destination, IsHttpsOrLoopback) {
  EXPECT_EQ(destination("https://api.resend.com/emails"), Destination::kHttps);
  for (const char* url :
       {"http://127.0.0.1:9/", "http://127.255.0.3/", "http://localhost:80/x", "http://[::1]:9/"})
    EXPECT_EQ(destination(url), Destination::kLoopbackHttp) << url;
  for (const char* url : {"http://localhost.evil.example/", "http://127.0.0.1.evil.example/",
                          "http://128.0.0.1/", "http://0.0.0.0/", "https://user:pw@api.resend.com/",
                          "http://127.0.0.1@evil.example/", "gopher://x/", "api.resend.com", "http://[::2]/"})
    EXPECT_EQ(destination(url), Destination::kRefused) << url;
}

}  // namespace
}  // namespace calcom::net
