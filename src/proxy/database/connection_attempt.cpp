#include "proxy/database/connection_attempt.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace calcom::proxy {
namespace {

namespace net = boost::asio;

// connect_timeout stands before the connection string, so that the string's own value wins.
ConnectionHandle connect(const std::string& conninfo, const std::string& seconds) {
  const std::array keywords{"connect_timeout", "dbname", "fallback_application_name", "client_encoding",
                            static_cast<const char*>(nullptr)};
  const std::array values{seconds.c_str(), conninfo.c_str(), "calcom-proxy", "UTF8",
                          static_cast<const char*>(nullptr)};
  return ConnectionHandle(PQconnectdbParams(keywords.data(), values.data(), 1));
}

}  // namespace

struct ConnectionAttempt::Shared {
  Shared(net::io_context& context, Done then) : io(context), done(std::move(then)) {}

  std::mutex mutex;
  bool wanted = true;    // false: the owner is gone, and `io` with it
  bool running = false;  // read and written in the event loop
  net::io_context& io;
  Done done;

  void hand_over(const std::shared_ptr<Shared>& self, ConnectionHandle connection) {
    const std::lock_guard<std::mutex> guard(mutex);
    if (!wanted) return;
    // shared_ptr, because a handler must be copyable; the last copy closes the connection if the loop has ended.
    auto held = std::make_shared<ConnectionHandle>(std::move(connection));
    net::post(io, [self, held] {
      self->running = false;
      if (self->wanted) self->done(std::move(*held));
    });
  }
};

ConnectionAttempt::ConnectionAttempt(net::io_context& io, Done done)
    : shared_(std::make_shared<Shared>(io, std::move(done))) {}

ConnectionAttempt::~ConnectionAttempt() {
  const std::lock_guard<std::mutex> guard(shared_->mutex);
  shared_->wanted = false;
}

void ConnectionAttempt::start(const std::string& conninfo, std::chrono::milliseconds timeout) {
  if (std::exchange(shared_->running, true)) return;
  // libpq counts whole seconds and takes 1 for 2.
  const auto seconds = std::max<std::chrono::seconds::rep>(
      std::chrono::duration_cast<std::chrono::seconds>(timeout).count(), 2);
  try {
    std::thread([conninfo, text = std::to_string(seconds), shared = shared_] {
      shared->hand_over(shared, connect(conninfo, text));
    }).detach();
  } catch (const std::system_error&) {
    shared_->hand_over(shared_, nullptr);
  }
}

}  // namespace calcom::proxy
