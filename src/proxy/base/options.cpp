// One table of flags, parsed by CLI11. Its own error messages repeat values and arguments, which can hold a
// password, so they are never shown: a mistake is described by the name and the expectation from the table.
#include "proxy/base/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "proxy/base/conninfo.hpp"

namespace calcom::proxy {
namespace {

bool set_number(std::size_t& target, std::string_view text, std::size_t least, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) return false;
  target = value;
  return true;
}

bool set_seconds(Milliseconds& target, std::string_view text) {
  constexpr double kLongest = 3600;
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  if (!(value >= 0.001 && value <= kLongest)) return false;
  target = Milliseconds(static_cast<Milliseconds::rep>(value * 1000));
  return true;
}

// "127.0.0.1:8080", "[::1]:8080", "localhost:0". Other names are not resolved.
bool set_listen(Options& options, std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::size_t port = 0;
  if (!set_number(port, text.substr(colon + 1), 0, 65535)) return false;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  options.address = host == "localhost" ? "127.0.0.1" : std::string(host);
  options.port = static_cast<std::uint16_t>(port);
  return true;
}

// Origins separated by spaces. They become part of a Content-Security-Policy, so characters that could end
// the directive are refused.
bool set_frame_ancestors(std::string& target, std::string_view text) {
  constexpr std::string_view kOrigin = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-*";
  if (text == "none" || text == "self") return target = "'" + std::string(text) + "'", true;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view origin = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), origin.size() + 1));
    const auto host = origin.find("://") + 3;
    if (!origin.starts_with("https://") && !origin.starts_with("http://")) return false;
    if (host == origin.size() || origin.find_first_not_of(kOrigin, host) != std::string_view::npos)
      return false;
  }
  return target = text, !text.empty();
}

bool set_log_format(LogFormat& target, std::string_view text) {
  if (text != "text" && text != "json") return false;
  target = text == "json" ? LogFormat::kJson : LogFormat::kText;
  return true;
}

bool set_admin_host(Options& options, std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  if (text.empty() || text.find_first_not_of(kAllowed) != std::string_view::npos) return false;
  options.admin_host = text;
  return true;
}

bool set_url(Options& options, std::string_view text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) return false;
  while (text.ends_with('/')) text.remove_suffix(1);
  options.url = text;
  return true;
}

struct Flag {
  const char* name;
  const char* variable;  // of the environment
  const char* value;
  const char* meaning;
  const char* expects;
  bool (*set)(Options&, std::string_view);
};

constexpr const char* kSecondsExpected = "seconds between 0.001 and 3600";

constexpr std::array kFlags{
    Flag{"--listen", "CALCOM_PROXY_LISTEN", "ADDR:PORT",
         "where to listen (default 127.0.0.1:8080; port 0 takes a free one)",
         "an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080", set_listen},
    Flag{"--database", "DATABASE_URL", "CONNINFO",
         "libpq connection string, without a password (default: the PG* variables)", "a connection string",
         [](Options& o, std::string_view v) { return o.database = v, true; }},
    Flag{"--schema", "CALCOM_PROXY_SCHEMA", "NAME",
         "schema of calcom_ingest (default: the schema of the extension)", "a name",
         [](Options& o, std::string_view v) { return o.schema = v, !v.empty(); }},
    Flag{"--pool", "CALCOM_PROXY_POOL", "N", "database connections (default 4)", "a number from 1 to 64",
         [](Options& o, std::string_view v) { return set_number(o.pool, v, 1, 64); }},
    Flag{"--queue", "CALCOM_PROXY_QUEUE", "N", "deliveries that may wait for a connection (default 256)",
         "a number from 1 to 65536",
         [](Options& o, std::string_view v) { return set_number(o.queue, v, 1, 65536); }},
    Flag{"--max-connections", "CALCOM_PROXY_MAX_CONNECTIONS", "N",
         "HTTP connections served at once; more wait to be accepted (default 512)",
         "a number from 1 to 65536",
         [](Options& o, std::string_view v) { return set_number(o.max_connections, v, 1, 65536); }},
    Flag{"--max-body", "CALCOM_PROXY_MAX_BODY", "BYTES",
         "largest body that is accepted; use the value of calcom.max_body_size (default 1048576)",
         "bytes from 1 to 67108864",
         [](Options& o, std::string_view v) { return set_number(o.max_body, v, 1, std::size_t{64} << 20); }},
    Flag{"--header-timeout", "CALCOM_PROXY_HEADER_TIMEOUT", "SECONDS",
         "time for a whole request header (default 10)", kSecondsExpected,
         [](Options& o, std::string_view v) { return set_seconds(o.header_timeout, v); }},
    Flag{"--body-timeout", "CALCOM_PROXY_BODY_TIMEOUT", "SECONDS", "time for a whole body (default 20)",
         kSecondsExpected, [](Options& o, std::string_view v) { return set_seconds(o.body_timeout, v); }},
    Flag{"--idle-timeout", "CALCOM_PROXY_IDLE_TIMEOUT", "SECONDS", "time between two requests (default 60)",
         kSecondsExpected, [](Options& o, std::string_view v) { return set_seconds(o.idle_timeout, v); }},
    Flag{"--database-timeout", "CALCOM_PROXY_DATABASE_TIMEOUT", "SECONDS",
         "time for the database's answer; statement_timeout is four fifths of it (default 10)",
         kSecondsExpected, [](Options& o, std::string_view v) { return set_seconds(o.database_timeout, v); }},
    Flag{"--shutdown-timeout", "CALCOM_PROXY_SHUTDOWN_TIMEOUT", "SECONDS",
         "time for requests in flight after SIGTERM or SIGINT (default 10)", kSecondsExpected,
         [](Options& o, std::string_view v) { return set_seconds(o.shutdown_timeout, v); }},
    Flag{"--book-frame-ancestors", "CALCOM_PROXY_BOOK_FRAME_ANCESTORS", "ORIGINS",
         "sites that may show the booking page in a frame (default none)",
         "none, self, or origins such as https://example.com, separated by spaces",
         [](Options& o, std::string_view v) { return set_frame_ancestors(o.book_frame_ancestors, v); }},
    Flag{"--log-format", "CALCOM_PROXY_LOG_FORMAT", "FORMAT", "text or json (default text)", "text or json",
         [](Options& o, std::string_view v) { return set_log_format(o.log_format, v); }},
    Flag{"--admin-token-file", "CALCOM_PROXY_ADMIN_TOKEN_FILE", "FILE",
         "file with the token of the operator page, mode 600; without it there is no page /admin",
         "a file name", [](Options& o, std::string_view v) { return o.admin_token_file = v, !v.empty(); }},
    Flag{"--admin-database", "ADMIN_DATABASE_URL", "CONNINFO",
         "libpq connection string of the operator page's login, without a password", "a connection string",
         [](Options& o, std::string_view v) { return o.admin_database = v, !v.empty(); }},
    Flag{"--admin-host", "CALCOM_PROXY_ADMIN_HOST", "NAME",
         "name under which a server that ends TLS forwards the operator page (default: loopback only)",
         "a host name without a port", set_admin_host},
    Flag{"--admin-idle-timeout", "CALCOM_PROXY_ADMIN_IDLE_TIMEOUT", "SECONDS",
         "time after which an unused session of the operator page ends (default 1800)", kSecondsExpected,
         [](Options& o, std::string_view v) { return set_seconds(o.admin_idle, v); }},
    Flag{"--url", "CALCOM_PROXY_URL", "URL",
         "of admin-link: address that the link begins with (default http:// and --listen)",
         "an address that begins with http:// or https://", set_url},
};

constexpr const char* kDescription =
    "calcom-proxy receives Cal.com webhooks over HTTP and passes each to calcom_ingest() in PostgreSQL.\n\n"
    "  POST /api/webhooks/calcom            a delivery for the account 'default'\n"
    "  POST /api/webhooks/calcom/ACCOUNT    a delivery for ACCOUNT\n"
    "  POST /api/webhooks/resend            an event of Resend, or /ACCOUNT as above\n"
    "  GET  /book                           the booking page of the account 'default'\n"
    "  GET  /book/ACCOUNT                   the booking page of ACCOUNT\n"
    "  GET  /healthz                        200 if deliveries can be stored, otherwise 503 with the reason\n"
    "  GET  /admin                          the operator page, with --admin-token-file\n\n"
    "Each flag has an environment variable, shown in parentheses. The flag has precedence.\n";
constexpr const char* kFooter =
    "The login needs membership in calcom_ingester, the login of the operator page in calcom_operator.\n"
    "The password belongs in DATABASE_URL, PGPASSWORD or ~/.pgpass, never among the arguments.\n\n"
    "SIGTERM, SIGINT and SIGHUP stop the proxy: it accepts no new connections, answers the requests in "
    "flight\n"
    "and exits with 0.";
constexpr const char* kLinkCommand = "admin-link";

Invocation mistake(std::string sentence) {
  return {Invocation::Kind::kMistake, {}, std::move(sentence)};
}

void describe(CLI::App& app, Options& options) {
  app.name("calcom-proxy");
  app.description(kDescription);
  app.footer(kFooter);
  app.get_formatter()->column_width(6);
  app.set_help_flag("-h,--help", "print this text");
  app.set_version_flag("--version", "", "print the version");
  for (const Flag& flag : kFlags) {
    const CLI::callback_t set = [&flag, &options](const CLI::results_t& values) {
      if (!flag.set(options, values.back())) throw CLI::ValidationError(flag.name, flag.expects);
      return true;
    };
    app.add_option(flag.name, set, flag.meaning)
        ->envname(flag.variable)
        ->option_text(std::string(flag.value) + "  (" + flag.variable + ")")
        ->take_last();
  }
  app.add_subcommand(kLinkCommand, "print a link that signs in to the operator page once")->fallthrough();
}

// Whether the flag is among the arguments; otherwise its value came from the environment.
bool is_given(const Flag& flag, std::span<const char* const> arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [&flag](std::string_view argument) {
    return argument.substr(0, argument.find('=')) == flag.name;
  });
}

// Shows an argument only if it can be a misspelled flag. Its value and other arguments may be secrets.
std::string unexpected(const std::vector<std::string>& arguments) {
  for (const std::string_view argument : arguments) {
    const std::string_view name = argument.substr(0, argument.find('='));
    const bool is_flag = name.starts_with("--") &&
                         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
    if (is_flag) return "unknown flag " + std::string(name) + ", see --help";
  }
  return "unexpected argument, see --help";
}

// Every other error of CLI11 begins with the name of the flag.
std::string expectation(std::string_view error, std::span<const char* const> arguments) {
  for (const Flag& flag : kFlags) {
    if (error.substr(0, error.find(':')) != flag.name) continue;
    return std::string(is_given(flag, arguments) ? flag.name : flag.variable) + " expects " + flag.expects;
  }
  return "the arguments are not valid, see --help";
}

std::optional<std::string> check_database(std::string_view name, const std::string& conninfo,
                                          std::span<const char* const> arguments) {
  const Flag& flag =
      *std::find_if(kFlags.begin(), kFlags.end(), [name](const Flag& one) { return one.name == name; });
  const bool given = is_given(flag, arguments);
  switch (inspect_conninfo(conninfo)) {
    case ConninfoFault::kMalformed:
      return std::string(given ? flag.name : flag.variable) +
             " is not a connection string that libpq understands";
    case ConninfoFault::kHasPassword:
      if (!given) break;
      return std::string(flag.name) +
             " must not contain a password, because every user of this machine can read arguments: use the "
             "environment variable " +
             flag.variable + ", PGPASSWORD or ~/.pgpass";
    case ConninfoFault::kNone:
      break;
  }
  return std::nullopt;
}

// The operator page has a login of its own: that of the deliveries may not read what the page shows.
std::optional<std::string> check_admin(const Invocation& invocation) {
  const Options& options = invocation.options;
  if (invocation.kind == Invocation::Kind::kAdminLink) {
    return options.admin_token_file.empty()
               ? std::optional<std::string>("admin-link needs --admin-token-file")
               : std::nullopt;
  }
  if (options.admin_token_file.empty() || !options.admin_database.empty()) return std::nullopt;
  return "--admin-token-file needs --admin-database (ADMIN_DATABASE_URL), the connection string of a login "
         "in the role calcom_operator";
}

}  // namespace

Invocation read_options(std::span<const char* const> arguments) {
  Invocation invocation;
  for (const std::string_view argument : arguments) {
    if (argument == "--help" || argument == "-h") invocation.kind = Invocation::Kind::kHelp;
    if (argument == "--version") invocation.kind = Invocation::Kind::kVersion;
    if (invocation.kind != Invocation::Kind::kRun) return invocation;
  }
  CLI::App app;
  describe(app, invocation.options);
  try {
    app.parse(
        std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
  } catch (const CLI::ExtrasError&) {
    return mistake(unexpected(app.remaining(true)));
  } catch (const CLI::Error& error) {
    return mistake(expectation(error.what(), arguments));
  }
  if (app.got_subcommand(kLinkCommand)) invocation.kind = Invocation::Kind::kAdminLink;
  const Options& options = invocation.options;
  if (auto fault = check_database("--database", options.database, arguments)) return mistake(*fault);
  if (auto fault = check_database("--admin-database", options.admin_database, arguments))
    return mistake(*fault);
  if (auto fault = check_admin(invocation)) return mistake(*fault);
  return invocation;
}

std::string help_text() {
  Options options;
  CLI::App app;
  describe(app, options);
  return app.help();
}

}  // namespace calcom::proxy
