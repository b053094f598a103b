// A loopback HTTP server whose behaviour is chosen by the path of the request. One thread a connection;
// waits are for a condition, never for a time.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace calcom::test {

// /ok        200 {"id":"1"}                /hold    answers only after release()
// /gather/N  answers when N requests wait  /hang    never answers
// /reset     reads the request, resets     /part    half an answer, then resets
// /big       200 and 1 MB                  /move    302 to /ok
class LoopbackServer {
 public:
  LoopbackServer() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        listen(listener_, 128) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~LoopbackServer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      for (const int connection : open_) shutdown(connection, SHUT_RDWR);
    }
    changed_.notify_all();
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : connections_) thread.join();
    close(listener_);
  }

  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  void release() {
    {
      const std::lock_guard lock(mutex_);
      released_ = true;
    }
    changed_.notify_all();
  }

  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  std::size_t connections() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
  }

  void wait_for_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_.size() >= count; });
  }

 private:
  void accept_all() {
    for (;;) {
      const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      const std::lock_guard lock(mutex_);
      open_.insert(connection);
      connections_.emplace_back([this, connection] { serve(connection); });
      if (stopping_) shutdown(connection, SHUT_RDWR);
    }
  }

  void serve(int connection) {
    std::string buffer;
    for (std::string request = read_request(connection, buffer); !request.empty();
         request = read_request(connection, buffer)) {
      const std::string path = request.substr(5, request.find(' ', 5) - 5);  // after "POST "
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      changed_.notify_all();
      if (!answer(connection, path)) break;
    }
    const std::lock_guard lock(mutex_);
    open_.erase(connection);
    close(connection);
  }

  // False when the connection is to end.
  bool answer(int connection, const std::string& path) {
    if (path == "/reset") return reset(connection);
    if (path == "/part") {
      send_all(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":");
      return reset(connection);
    }
    if (path == "/hang") wait_until([] { return false; });
    if (path == "/hold") wait_until([this] { return released_; });
    if (path.starts_with("/gather/")) gather(std::stoul(path.substr(8)));
    if (path == "/big") return send_all(connection, response("200 OK", std::string(1'000'000, 'x')));
    if (path == "/move") return send_all(connection, response("302 Found\r\nLocation: /ok", ""));
    return send_all(connection, response("200 OK\r\nX-Mixed-CASE: Some Value", R"({"id":"1"})"));
  }

  void gather(std::size_t size) {
    std::unique_lock lock(mutex_);
    const std::size_t group = gathered_++ / size;
    changed_.notify_all();
    changed_.wait(lock, [&] { return stopping_ || gathered_ >= (group + 1) * size; });
  }

  template <typename Condition>
  void wait_until(Condition condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || condition(); });
  }

  static bool reset(int connection) {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return false;
  }

  static std::string response(const std::string& head, const std::string& body) {
    return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  static bool send_all(int connection, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const ssize_t sent = send(connection, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) return false;
      at += static_cast<std::size_t>(sent);
    }
    return true;
  }

  // One whole request with its body; empty when the peer has gone.
  static std::string read_request(int connection, std::string& buffer) {
    for (;;) {
      const std::size_t end = buffer.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t field = buffer.find("Content-Length: ");
        const std::size_t body = field < end ? std::stoul(buffer.substr(field + 16)) : 0;
        if (buffer.size() >= end + 4 + body) {
          std::string request = buffer.substr(0, end + 4 + body);
          buffer.erase(0, request.size());
          return request;
        }
      }
      char chunk[4096];
      const ssize_t got = recv(connection, chunk, sizeof chunk, 0);
      if (got <= 0) return {};
      buffer.append(chunk, static_cast<std::size_t>(got));
    }
  }

  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool released_ = false;
  std::size_t gathered_ = 0;
  std::set<int> open_;
  std::vector<std::string> requests_;
  std::thread acceptor_;
  std::vector<std::thread> connections_;
};

}  // namespace calcom::test
