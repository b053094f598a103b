// Connections as they come and go, over real sockets, with a page and a database that answer when the test
// says so: late, never, while the server stops. What matters most here is seen by the sanitizers.
#include "proxy/http/session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proxy/http/server.hpp"

namespace calcom::proxy {
namespace {

namespace net = boost::asio;
using Tcp = net::ip::tcp;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

class LatePages final : public PageHandler {
 public:
  void serve(const PageRequest& request, Done done) override {
    requests.push_back(request);
    waiting.push_back(std::move(done));
  }
  void answer(Reply reply) {
    const Done done = std::move(waiting.front());
    waiting.erase(waiting.begin());
    done(std::move(reply));
  }
  std::vector<PageRequest> requests;
  std::vector<Done> waiting;
};

class NoDatabase final : public Ingester {
 public:
  void submit(Delivery delivery, Done done) override {
    (void)delivery;
    waiting.push_back(std::move(done));
  }
  void check(Checked) override {}
  std::vector<Done> waiting;
};

class SessionTest : public testing::Test {
 protected:
  void listen() {
    options.port = 0;
    server = std::make_unique<Server>(io, options, database, pages, log);
    ASSERT_EQ(server->listen(), "");
  }

  template <typename Condition>
  [[nodiscard]] bool becomes(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      io.run_one_for(5ms);
      io.restart();
    }
    return true;
  }

  Tcp::socket connect() {
    const std::string url = server->url();
    Tcp::socket client(io);
    client.connect({net::ip::make_address("127.0.0.1"),
                    static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)))});
    return client;
  }

  static void send(Tcp::socket& client, const std::string& bytes) { net::write(client, net::buffer(bytes)); }

  // What has come until `end` is in it; all that came, when the other side closed first.
  std::string receive(Tcp::socket& client, const std::string& end) {
    std::string all;
    client.non_blocking(true);
    EXPECT_TRUE(becomes([&] {
      char piece[65536];
      boost::system::error_code error;
      const std::size_t count = client.read_some(net::buffer(piece), error);
      all.append(piece, count);
      return all.find(end) != std::string::npos || (error && error != net::error::would_block);
    }));
    return all;
  }
  std::string receive_all(Tcp::socket& client) { return receive(client, "what nobody sends"); }

  [[nodiscard]] bool asked(std::size_t times) {
    return becomes([&] { return pages.requests.size() == times; });
  }

  [[nodiscard]] bool stops() {
    bool stopped = false;
    server->stop([&] { stopped = true; });
    return becomes([&] { return stopped; });
  }

  net::io_context io{1};
  Options options;
  Log log{LogFormat::kText, io};
  LatePages pages;
  NoDatabase database;
  std::unique_ptr<Server> server;
};

const char* const kGet = "GET /book HTTP/1.1\r\nHost: a\r\n\r\n";
const char* const kDelivery = "POST /api/webhooks/calcom HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";

TEST_F(SessionTest, APageMayAnswerAfterItsReaderLeft) {
  listen();
  for (const bool reset : {false, true}) {
    Tcp::socket client = connect();
    send(client, kGet);
    ASSERT_TRUE(asked(reset ? 2 : 1));
    if (reset) client.set_option(Tcp::socket::linger(true, 0));
    client.close();
    pages.answer({200, std::string(1 << 20, 'x')});
  }
  EXPECT_TRUE(stops());
}

TEST_F(SessionTest, APageMayAnswerWhileTheServerStops) {
  listen();
  Tcp::socket client = connect();
  send(client, kGet);
  ASSERT_TRUE(asked(1));
  bool stopped = false;
  server->stop([&] { stopped = true; });
  pages.answer({200, "late"});
  const std::string answer = receive_all(client);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("late"));
  client.close();
  EXPECT_TRUE(becomes([&] { return stopped; }));
}

TEST_F(SessionTest, WhatIsNeverAnsweredIsGivenBack) {
  listen();
  Tcp::socket reader = connect();
  Tcp::socket sender = connect();
  send(reader, kGet);
  send(sender, kDelivery);
  ASSERT_TRUE(becomes([&] { return pages.waiting.size() == 1 && database.waiting.size() == 1; }));
  server->stop([] {});
}

TEST_F(SessionTest, AHeaderHalfSentWhenTheServerStopsIsStillARequest) {
  listen();
  Tcp::socket client = connect();
  send(client, "GET /book HTTP/1.1\r\nHost: a\r\n");
  ASSERT_TRUE(becomes([&] { return client.available() == 0 && io.poll() == 0; }));
  io.restart();
  bool stopped = false;
  server->stop([&] { stopped = true; });
  send(client, "\r\n");
  ASSERT_TRUE(asked(1));
  pages.answer({200, "whole"});
  EXPECT_TRUE(receive_all(client).ends_with("whole"));
  client.close();
  EXPECT_TRUE(becomes([&] { return stopped; }));
}

TEST_F(SessionTest, HeadHasTheLengthOnlyAndTheConnectionGoesOn) {
  listen();
  Tcp::socket client = connect();
  send(client, "HEAD /book HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(asked(1));
  pages.answer({200, "four"});
  const std::string head = receive(client, "\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 4\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  send(client, kGet);
  ASSERT_TRUE(asked(2));
  pages.answer({304, ""});
  const std::string unchanged = receive(client, "\r\n\r\n");
  EXPECT_TRUE(unchanged.starts_with("HTTP/1.1 304")) << unchanged;
  EXPECT_EQ(unchanged.find("Content-Length"), std::string::npos) << unchanged;
  send(client, kGet);
  ASSERT_TRUE(asked(3));
}

TEST_F(SessionTest, TrailersAddNothingToWhatAPageSees) {
  listen();
  Tcp::socket client = connect();
  send(client,
       "POST /admin/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
       "Cookie: session=1\r\nOrigin: http://a\r\nSec-Fetch-Site: same-origin\r\n\r\n");
  ASSERT_TRUE(asked(1));
  const PageRequest& seen = pages.requests.front();
  EXPECT_EQ(seen.body, "x");
  EXPECT_EQ(seen.host, "a");
  EXPECT_FALSE(seen.cookie || seen.origin || seen.fetch_site);
}

TEST_F(SessionTest, AHeaderIsLimitedAsAWhole) {
  listen();
  Tcp::socket client = connect();
  send(client, "GET /book HTTP/1.1\r\nHost: a\r\n");
  const std::string lines = "X: " + std::string(1000, 'a') + "\r\n";
  client.non_blocking(true);
  std::size_t sent = 0;
  // Each is read before the next is sent.
  while (sent < 40 && becomes([&] { return io.poll() == 0; })) {
    io.restart();
    boost::system::error_code error;
    net::write(client, net::buffer(lines), error);
    if (error || client.available() > 0) break;
    ++sent;
  }
  EXPECT_TRUE(receive(client, "\r\n\r\n").starts_with("HTTP/1.1 431"));
  EXPECT_LE(sent, 20U);
}

TEST_F(SessionTest, HoweverAHeaderArrivesItIsJudgedTheSame) {
  listen();
  const std::string sound = "GET /book HTTP/1.1\r\nHost: a\r\nX: b \r\n\r\n";
  const std::string folded = "GET /book HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n";
  const auto send_in_pieces = [&](Tcp::socket& client, const std::string& bytes, std::size_t piece) {
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      send(client, bytes.substr(at, piece));
      EXPECT_TRUE(becomes([&] { return io.poll() == 0; }));
      io.restart();
    }
  };
  for (std::size_t piece = 1; piece <= folded.size(); ++piece) {
    Tcp::socket client = connect();
    send_in_pieces(client, sound, piece);
    ASSERT_TRUE(asked(piece));
    pages.answer({200, "seen"});
    ASSERT_TRUE(receive(client, "seen").starts_with("HTTP/1.1 200")) << piece;
    send_in_pieces(client, folded, piece);
    ASSERT_TRUE(receive(client, "\r\n\r\n").starts_with("HTTP/1.1 400")) << piece;
  }
}

TEST_F(SessionTest, AnIdleConnectionMakesRoomAtTheCap) {
  options.max_connections = 2;
  listen();
  Tcp::socket first = connect();
  Tcp::socket second = connect();
  for (Tcp::socket* client : {&first, &second}) {
    send(*client, kGet);
    ASSERT_TRUE(becomes([&] { return !pages.waiting.empty(); }));
    pages.answer({200, "kept"});
    EXPECT_EQ(receive(*client, "kept").find("Connection: close"), std::string::npos);
  }
  Tcp::socket third = connect();
  send(third, kGet);
  ASSERT_TRUE(asked(3));
  EXPECT_EQ(receive_all(first), "") << "the one that was idle for longest";
  send(second, kGet);
  ASSERT_TRUE(asked(4)) << "the other is kept";
}

TEST_F(SessionTest, WhileOthersWaitAConnectionHasOneRequest) {
  options.max_connections = 1;
  listen();
  Tcp::socket first = connect();
  send(first, kGet);
  ASSERT_TRUE(asked(1));
  Tcp::socket second = connect();
  send(second, kGet);
  ASSERT_TRUE(becomes([&] { return io.poll() == 0; }));
  io.restart();
  EXPECT_EQ(pages.requests.size(), 1U) << "the cap holds";
  pages.answer({200, "only"});
  EXPECT_NE(receive(first, "only").find("Connection: close"), std::string::npos);
  first.close();
  ASSERT_TRUE(asked(2)) << "the one that waited";
}

TEST_F(SessionTest, ALargeAnswerReachesASlowReaderWhole) {
  listen();
  Tcp::socket client = connect();
  send(client, "GET /book HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(asked(1));
  pages.answer({200, std::string(8 << 20, 'x')});
  const std::string all = receive_all(client);
  EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, std::size_t{8} << 20);
}

}  // namespace
}  // namespace calcom::proxy
