// Listens, limits the number of client connections, and stops without dropping accepted requests.
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
#include "proxy/http/page_handler.hpp"
#include "proxy/http/session.hpp"

namespace calcom::proxy {

class Server final : private SessionKeeper {
 public:
  Server(boost::asio::io_context& io, const Options& options, Ingester& ingester, PageHandler& pages,
         const Log& log);

  // Empty if it listens, otherwise the reason in one sentence.
  std::string listen();
  std::string url() const;
  // Accepts no new connections; calls drained after the last connection has ended.
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
  bool watching_ = false;   // at the cap: waits for a connection in the backlog
  bool refused_ = false;    // accept failed, and the log says so
  bool crowded_ = false;    // at the cap, and another client waits
  std::function<void()> drained_;
};

}  // namespace calcom::proxy
