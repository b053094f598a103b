// sessions_ is the set of open connections. Its size is limited by --max-connections, the cap.
#include "proxy/http/server.hpp"

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <utility>

namespace calcom::proxy {
namespace {

namespace net = boost::asio;
using Tcp = net::ip::tcp;

constexpr std::chrono::milliseconds kPauseAfterError{200};

std::string shown(const Tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

}  // namespace

Server::Server(net::io_context& io, const Options& options, Ingester& ingester, PageHandler& pages,
               const Log& log)
    : io_(io), options_(options), ingester_(ingester), pages_(pages), log_(log), acceptor_(io), pause_(io) {}

std::string Server::listen() {
  boost::system::error_code error;
  const auto address = net::ip::make_address(options_.address, error);
  if (error) return "--listen expects an IP address, not a name: " + options_.address;
  const Tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(Tcp::acceptor::max_listen_connections, error);
  if (!error) acceptor_.non_blocking(true, error);
  if (error) return "cannot listen on " + shown(endpoint) + ": " + error.message();
  accept();
  return "";
}

std::string Server::url() const {
  boost::system::error_code ignored;
  return "http://" + shown(acceptor_.local_endpoint(ignored));
}

// At the cap nothing is accepted: clients wait in the kernel's backlog until a connection ends.
void Server::accept() {
  if (accepting_ || !acceptor_.is_open()) return;
  if (sessions_.size() >= options_.max_connections) return watch_backlog();
  crowded_ = false;
  accepting_ = true;
  acceptor_.async_accept([this](boost::system::error_code error, Tcp::socket socket) {
    accepting_ = false;
    if (!error) {
      refused_ = false;
      begin(std::move(socket));
    }
    if (!acceptor_.is_open()) return finish_if_drained();
    if (!error) return accept();
    // Out of file descriptors or memory: an immediate retry would spin.
    if (!std::exchange(refused_, true)) log_.message("no connection can be accepted: " + error.message());
    pause_.expires_after(kPauseAfterError);
    pause_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) accept();
    });
  });
}

void Server::watch_backlog() {
  if (watching_) return;
  watching_ = true;
  acceptor_.async_wait(Tcp::acceptor::wait_read, [this](boost::system::error_code error) {
    watching_ = false;
    if (error || sessions_.size() < options_.max_connections) return;
    crowded_ = true;
    make_room();
  });
}

// Closes the connection that has been idle longest. Without an idle one, the next answer closes its connection.
void Server::make_room() {
  std::shared_ptr<Session> oldest;
  std::optional<Session::Clock::time_point> since;
  for (const auto& session : sessions_) {
    const auto idle = session->idle_since();
    if (!idle || (since && *since <= *idle)) continue;
    since = idle;
    oldest = session;
  }
  if (oldest) oldest->close();
}

void Server::begin(Tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  SessionKeeper& keeper = *this;
  const auto session =
      std::make_shared<Session>(std::move(socket), options_, ingester_, pages_, log_, keeper);
  sessions_.insert(session);
  session->start();
  if (!acceptor_.is_open()) session->drain();
}

void Server::on_closed(const std::shared_ptr<Session>& session) {
  sessions_.erase(session);
  accept();
  finish_if_drained();
}

void Server::stop(std::function<void()> drained) {
  accept_backlog();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  drained_ = std::move(drained);
  const auto sessions = sessions_;  // a session that closes leaves the set
  for (const auto& session : sessions) session->drain();
  finish_if_drained();
}

// A pending accept may still return a connection after the acceptor was closed.
void Server::finish_if_drained() {
  if (drained_ && sessions_.empty() && !accepting_) std::exchange(drained_, nullptr)();
}

// For the clients these connections are already open, and their requests may have been sent.
void Server::accept_backlog() {
  while (sessions_.size() < options_.max_connections) {
    boost::system::error_code error;
    Tcp::socket socket = acceptor_.accept(io_, error);
    if (error) return;
    begin(std::move(socket));
  }
}

}  // namespace calcom::proxy
