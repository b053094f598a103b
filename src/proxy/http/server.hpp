// Listens, keeps the number of client connections bounded, and stops without dropping what it accepted.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "proxy/base/ingester.hpp"
#include "proxy/base/log.hpp"
#include "proxy/base/options.hpp"
#include "proxy/http/page.hpp"
#include "proxy/http/session.hpp"

namespace calcom::proxy {

class Server final : private SessionKeeper {
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
  void on_closed(const std::shared_ptr<Session>& session) override;
  bool is_crowded() const override { return crowded_; }
  void watch_backlog();
  void make_room();
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
  bool watching_ = false;   // at the cap: told when somebody waits in the backlog
  bool refused_ = false;    // the system gave no connection, and the log knows it
  bool crowded_ = false;    // at the cap, and somebody waits
  std::function<void()> drained_;
};

}  // namespace calcom::proxy
