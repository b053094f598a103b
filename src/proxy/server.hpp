// Listens, keeps the number of client connections bounded, and stops without dropping what it accepted.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "proxy/ingester.hpp"
#include "proxy/log.hpp"
#include "proxy/options.hpp"
#include "proxy/page.hpp"
#include "proxy/session.hpp"

namespace calcom::proxy {

class Server {
 public:
  Server(boost::asio::io_context& io, const Options& options, Ingester& ingester, PageHandler& pages,
         const Log& log);

  // Empty when it listens, else one sentence.
  std::string listen();
  std::string url() const;
  // Takes no new connections; calls drained once the last accepted one is finished.
  void stop(std::function<void()> drained);

 private:
  void accept();
  void begin(boost::asio::ip::tcp::socket socket);
  void on_closed(const std::shared_ptr<Session>& session);
  void accept_backlog();
  void finish_if_drained();

  boost::asio::io_context& io_;
  const Options& options_;
  Ingester& ingester_;
  PageHandler& pages_;
  const Log& log_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  bool accepting_ = false;  // an accept is under way
  std::function<void()> drained_;
};

}  // namespace calcom::proxy
