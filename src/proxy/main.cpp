// calcom-proxy: Cal.com's webhooks in over HTTP, calcom_ingest() out over libpq. One event loop in one
// thread; others look up names of hosts and nothing else.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "proxy/admin/operator_page.hpp"
#include "proxy/admin/token.hpp"
#include "proxy/base/log.hpp"
#include "proxy/base/open_files.hpp"
#include "proxy/base/options.hpp"
#include "proxy/booking/booking_page.hpp"
#include "proxy/database/pg_pool.hpp"
#include "proxy/database/query_pool.hpp"
#include "proxy/http/server.hpp"
#include "proxy/page/assets.hpp"
#include "proxy/page/pages.hpp"

namespace calcom::proxy {
namespace {

namespace net = boost::asio;

constexpr std::size_t kVisitorConnections = 2;

// The first signal stops the proxy within the shutdown timeout; a second one stops it at once.
class Stopper {
 public:
  Stopper(net::io_context& io, const Options& options, Server& server, std::function<void()> close_pools,
          const Log& log)
      : io_(io),
        options_(options),
        server_(server),
        close_pools_(std::move(close_pools)),
        log_(log),
        signals_(io, SIGTERM, SIGINT),
        limit_(io) {
    // The terminal was closed. Under nohup SIGHUP is ignored and stays ignored.
    if (std::signal(SIGHUP, SIG_IGN) != SIG_IGN) signals_.add(SIGHUP);
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (!error) stop();
    });
  }

 private:
  void stop() {
    log_.message("stopping");
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (!error) io_.stop();
    });
    limit_.expires_after(options_.shutdown_timeout);
    limit_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      log_.message("stopped before every request was answered, the shutdown timeout is over");
      io_.stop();
    });
    server_.stop([this] {
      close_pools_();
      log_.close();
      limit_.cancel();
      signals_.cancel();
    });
  }

  net::io_context& io_;
  const Options& options_;
  Server& server_;
  std::function<void()> close_pools_;
  const Log& log_;
  net::signal_set signals_;
  net::steady_timer limit_;
};

int fault(const std::string& sentence) {
  std::fprintf(stderr, "calcom-proxy: %s\n", sentence.c_str());
  return EXIT_FAILURE;
}

std::string_view template_of(std::string_view name) {
  const Asset* asset = find_asset(name);
  return asset == nullptr ? std::string_view() : asset->bytes;
}

// The operator page and its connections, which use their own login.
class Admin {
 public:
  Admin(net::io_context& io, const Options& options, const std::string& token, const Log& log)
      : pool_(io, {options.admin_database, options.schema, options.database_timeout}, kConnections, log,
              "operator page"),
        page_({token,
               options.admin_host,
               {.idle = options.admin_idle},
               template_of("admin.html"),
               template_of("admin_login.html"),
               [&log](std::string_view line) { log.message(line); }},
              pool_) {}

  PageHandler& page() { return page_; }
  void close() { pool_.close(); }

  static constexpr std::size_t kConnections = 2;

 private:
  QueryPool pool_;
  AdminPage page_;
};

// Limits the number of clients to the open files that are left. Empty, or the reason if none can be served.
std::string fit_into_open_files(Options& options, const Log& log) {
  // A database connection needs its socket, our duplicate, and while reconnecting one more. The other 16 are for
  // the event loop, the log, the listening socket and libraries.
  const std::size_t others = 3 * (options.pool + kVisitorConnections + Admin::kConnections) + 16;
  const std::size_t limit = limit_of_open_files(others + options.max_connections);
  const std::string fault = "the limit of open files is " + std::to_string(limit);
  const std::string remedy = ": raise it (ulimit -n, LimitNOFILE= of systemd)";
  if (limit <= others) return fault + ", too few for --pool " + std::to_string(options.pool) + remedy;
  if (limit - others >= options.max_connections) return "";
  log.message("only " + std::to_string(limit - others) + " HTTP connections are served at once, not " +
              std::to_string(options.max_connections) + ", because " + fault + remedy);
  options.max_connections = limit - others;
  return "";
}

int serve(Options options) {
  net::io_context io(1);
  const Log log(options.log_format, io);
  if (const std::string refused = fit_into_open_files(options, log); !refused.empty()) return fault(refused);
  std::optional<Admin> admin;
  if (!options.admin_token_file.empty()) {
    const TokenFile token = read_token_file(options.admin_token_file);
    if (!token.fault.empty()) return fault("the file of --admin-token-file " + token.fault);
    admin.emplace(io, options, token.token, log);
  }
  PgPool pool(io, options, log);
  QueryPool visitors(io, {options.database, options.schema, options.database_timeout}, kVisitorConnections,
                     log, "booking page");
  BookingPage booking(visitors, options.book_frame_ancestors, log);
  Pages pages(booking, admin ? &admin->page() : nullptr);
  Server server(io, options, pool, pages, log);
  if (const std::string refused = server.listen(); !refused.empty()) return fault(refused);
  const Stopper stopper(
      io, options, server,
      [&] {
        pool.close();
        visitors.close();
        if (admin) admin->close();
      },
      log);
  pool.open();
  log.plain("listening on " + server.url() + "\n");
  io.run();
  return EXIT_SUCCESS;
}

// The address for a browser on this machine.
std::string local_url(const Options& options) {
  std::string host = options.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "http://" + host + ":" + std::to_string(options.port);
}

int print_link(const Options& options) {
  const TokenFile token = read_token_file(options.admin_token_file);
  if (!token.fault.empty()) return fault("the file of --admin-token-file " + token.fault);
  const std::string key = AdminToken(token.token).link_key(std::chrono::system_clock::now());
  const std::string url = options.url.empty() ? local_url(options) : options.url;
  std::printf("%s/admin/once/%s\n", url.c_str(), key.c_str());
  return EXIT_SUCCESS;
}

int run(std::span<const char* const> arguments) {
  const Invocation invocation = read_options(arguments);
  switch (invocation.kind) {
    case Invocation::Kind::kHelp:
      std::fputs(help_text().c_str(), stdout);
      return EXIT_SUCCESS;
    case Invocation::Kind::kVersion:
      std::puts("calcom-proxy " CALCOM_VERSION);
      return EXIT_SUCCESS;
    case Invocation::Kind::kMistake:
      return fault(invocation.mistake);
    case Invocation::Kind::kAdminLink:
      return print_link(invocation.options);
    case Invocation::Kind::kRun:
      break;
  }
  return serve(invocation.options);
}

}  // namespace
}  // namespace calcom::proxy

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return calcom::proxy::run(
        std::span<const char* const>(argv + 1, argc > 0 ? static_cast<std::size_t>(argc - 1) : 0));
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "calcom-proxy: %s\n", exception.what());
  } catch (...) {
    std::fputs("calcom-proxy: unexpected failure\n", stderr);
  }
  return EXIT_FAILURE;
}
