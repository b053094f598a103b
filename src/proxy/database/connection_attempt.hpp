// Opens libpq connections in a helper thread. PQconnectdb may block on name lookup, TLS, a service file or LDAP; in the event
// loop that would stop every request.
#pragma once

#include <libpq-fe.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace calcom::proxy {

struct FinishConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using ConnectionHandle = std::unique_ptr<PGconn, FinishConnection>;

// At most one attempt at a time. An attempt that hangs outlives this object without touching it.
class ConnectionAttempt {
 public:
  // Called in the event loop with the connection, which may have failed: see PQstatus(). nullptr: no thread or memory.
  using Done = std::function<void(ConnectionHandle)>;

  ConnectionAttempt(boost::asio::io_context& io, Done done);
  ~ConnectionAttempt();
  ConnectionAttempt(const ConnectionAttempt&) = delete;
  ConnectionAttempt& operator=(const ConnectionAttempt&) = delete;

  // Does nothing while an attempt is running: its result is as good. `timeout` is used unless the connection string sets
  // connect_timeout.
  void start(const std::string& conninfo, std::chrono::milliseconds timeout);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace calcom::proxy
