// calcom-proxy: Cal.com's webhooks in over HTTP, calcom_ingest() out over libpq. One thread, one event loop.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>

#include "proxy/booking_page.hpp"
#include "proxy/log.hpp"
#include "proxy/options.hpp"
#include "proxy/pages.hpp"
#include "proxy/pg_pool.hpp"
#include "proxy/query_pool.hpp"
#include "proxy/server.hpp"

namespace calcom::proxy {
namespace {

namespace net = boost::asio;

constexpr std::size_t kVisitorConnections = 2;

// The first signal stops gently, bounded by the shutdown timeout; a second one, at once.
class Stopper {
 public:
  Stopper(net::io_context& io, const Options& options, Server& server, PgPool& pool, QueryPool& visitors,
          const Log& log)
      : io_(io),
        options_(options),
        server_(server),
        pool_(pool),
        visitors_(visitors),
        log_(log),
        signals_(io, SIGTERM, SIGINT),
        limit_(io) {
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
      pool_.close();
      visitors_.close();
      limit_.cancel();
      signals_.cancel();
    });
  }

  net::io_context& io_;
  const Options& options_;
  Server& server_;
  PgPool& pool_;
  QueryPool& visitors_;
  const Log& log_;
  net::signal_set signals_;
  net::steady_timer limit_;
};

int serve(const Options& options) {
  net::io_context io(1);
  const Log log(options.log_format);
  PgPool pool(io, options, log);
  QueryPool visitors(io, {options.database, options.schema, options.database_timeout}, kVisitorConnections,
                     log, "booking page");
  BookingPage booking(visitors, options.book_frame_ancestors, log);
  Pages pages(booking);
  Server server(io, options, pool, pages, log);
  if (const std::string fault = server.listen(); !fault.empty()) {
    std::fprintf(stderr, "calcom-proxy: %s\n", fault.c_str());
    return EXIT_FAILURE;
  }
  const Stopper stopper(io, options, server, pool, visitors, log);
  pool.open();
  std::printf("listening on %s\n", server.url().c_str());
  std::fflush(stdout);
  io.run();
  return EXIT_SUCCESS;
}

int run(std::span<const char* const> arguments) {
  const Invocation invocation = read_options(arguments, [](const char* name) { return std::getenv(name); });
  switch (invocation.kind) {
    case Invocation::Kind::kHelp:
      std::fputs(help_text().c_str(), stdout);
      return EXIT_SUCCESS;
    case Invocation::Kind::kVersion:
      std::puts("calcom-proxy " CALCOM_VERSION);
      return EXIT_SUCCESS;
    case Invocation::Kind::kMistake:
      std::fprintf(stderr, "calcom-proxy: %s\n", invocation.mistake.c_str());
      return EXIT_FAILURE;
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
