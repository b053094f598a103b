// One table makes the flags, their environment twins and --help, so that they cannot drift apart.
#include "proxy/base/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

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

// "127.0.0.1:8080", "[::1]:8080", "localhost:0". Names are not resolved: which interface it is must be plain.
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

// Origins by spaces, into a Content-Security-Policy: nothing that could end the directive.
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
  const char* twin;
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
         "schema of calcom_ingest (default: looked up where the extension is installed)", "a name",
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
    Flag{"--max-body", "CALCOM_PROXY_MAX_BODY", "BYTES", "largest body taken (default 1048576)",
         "bytes from 1 to 67108864",
         [](Options& o, std::string_view v) { return set_number(o.max_body, v, 1, std::size_t{64} << 20); }},
    Flag{"--header-timeout", "CALCOM_PROXY_HEADER_TIMEOUT", "SECONDS",
         "for a whole request header (default 10)", kSecondsExpected,
         [](Options& o, std::string_view v) { return set_seconds(o.header_timeout, v); }},
    Flag{"--body-timeout", "CALCOM_PROXY_BODY_TIMEOUT", "SECONDS", "for a whole body (default 20)",
         kSecondsExpected, [](Options& o, std::string_view v) { return set_seconds(o.body_timeout, v); }},
    Flag{"--idle-timeout", "CALCOM_PROXY_IDLE_TIMEOUT", "SECONDS", "between two requests (default 60)",
         kSecondsExpected, [](Options& o, std::string_view v) { return set_seconds(o.idle_timeout, v); }},
    Flag{"--database-timeout", "CALCOM_PROXY_DATABASE_TIMEOUT", "SECONDS",
         "for the database's answer; statement_timeout is four fifths of it (default 10)", kSecondsExpected,
         [](Options& o, std::string_view v) { return set_seconds(o.database_timeout, v); }},
    Flag{"--shutdown-timeout", "CALCOM_PROXY_SHUTDOWN_TIMEOUT", "SECONDS",
         "for requests in flight after SIGTERM or SIGINT (default 10)", kSecondsExpected,
         [](Options& o, std::string_view v) { return set_seconds(o.shutdown_timeout, v); }},
    Flag{"--book-frame-ancestors", "CALCOM_PROXY_BOOK_FRAME_ANCESTORS", "ORIGINS",
         "sites that may show the booking page in a frame (default none)",
         "none, self, or origins such as https://example.com, separated by spaces",
         [](Options& o, std::string_view v) { return set_frame_ancestors(o.book_frame_ancestors, v); }},
    Flag{"--log-format", "CALCOM_PROXY_LOG_FORMAT", "FORMAT", "text or json (default text)", "text or json",
         [](Options& o, std::string_view v) { return set_log_format(o.log_format, v); }},
    Flag{"--admin-token-file", "CALCOM_PROXY_ADMIN_TOKEN_FILE", "FILE",
         "switches the operator page /admin on; holds the token that signs in, readable by nobody else",
         "a file name", [](Options& o, std::string_view v) { return o.admin_token_file = v, !v.empty(); }},
    Flag{"--admin-database", "ADMIN_DATABASE_URL", "CONNINFO",
         "libpq connection string of the operator page's login, without a password", "a connection string",
         [](Options& o, std::string_view v) { return o.admin_database = v, !v.empty(); }},
    Flag{"--admin-host", "CALCOM_PROXY_ADMIN_HOST", "NAME",
         "serves the operator page under this name, too, behind a server that ends TLS (default: loopback "
         "only)",
         "a host name without a port", set_admin_host},
    Flag{"--admin-idle-timeout", "CALCOM_PROXY_ADMIN_IDLE_TIMEOUT", "SECONDS",
         "after which an unused session of the operator page ends (default 1800)", kSecondsExpected,
         [](Options& o, std::string_view v) { return set_seconds(o.admin_idle, v); }},
    Flag{"--url", "CALCOM_PROXY_URL", "URL",
         "of admin-link: what it puts in front of the link (default http://ADDR:PORT of --listen)",
         "an address that begins with http:// or https://", set_url},
};

Invocation mistake(std::string sentence) {
  return {Invocation::Kind::kMistake, {}, std::move(sentence)};
}

const Flag* find_flag(std::string_view name) {
  for (const Flag& flag : kFlags) {
    if (name == flag.name) return &flag;
  }
  return nullptr;
}

std::string expectation(const char* name, const Flag& flag) {
  return std::string(name) + " expects " + flag.expects;
}

// Values are never repeated in a mistake: one of them may be a connection string with a password.
std::optional<std::string> apply_environment(Options& options, const Environment& environment) {
  for (const Flag& flag : kFlags) {
    const char* value = environment(flag.twin);
    if (value == nullptr || *value == '\0') continue;
    if (!flag.set(options, value)) return expectation(flag.twin, flag);
  }
  if (inspect_conninfo(options.database) == ConninfoFault::kMalformed) {
    return "DATABASE_URL is not a connection string that libpq understands";
  }
  if (inspect_conninfo(options.admin_database) == ConninfoFault::kMalformed) {
    return "ADMIN_DATABASE_URL is not a connection string that libpq understands";
  }
  return std::nullopt;
}

std::optional<std::string> check_database_argument(const Flag& flag, const std::string& conninfo) {
  switch (inspect_conninfo(conninfo)) {
    case ConninfoFault::kHasPassword:
      return std::string(flag.name) +
             " must not contain a password, every user of this machine could read it: put the connection "
             "string "
             "into the environment variable " +
             flag.twin + ", or the password into PGPASSWORD or ~/.pgpass";
    case ConninfoFault::kMalformed:
      return std::string(flag.name) + " is not a connection string that libpq understands";
    case ConninfoFault::kNone:
      break;
  }
  return std::nullopt;
}

// The page's login is another one than that of the deliveries, which may do nothing that the page needs.
std::optional<std::string> check_admin(const Invocation& invocation) {
  const Options& options = invocation.options;
  if (invocation.kind == Invocation::Kind::kAdminLink) {
    return options.admin_token_file.empty()
               ? std::optional<std::string>("admin-link needs --admin-token-file")
               : std::nullopt;
  }
  if (options.admin_token_file.empty() || !options.admin_database.empty()) return std::nullopt;
  return "--admin-token-file needs --admin-database (ADMIN_DATABASE_URL), the connection string of a login "
         "in the "
         "role calcom_operator";
}

}  // namespace

Invocation read_options(std::span<const char* const> arguments, const Environment& environment) {
  Invocation invocation;
  for (const std::string_view argument : arguments) {
    if (argument == "--help" || argument == "-h") invocation.kind = Invocation::Kind::kHelp;
    if (argument == "--version") invocation.kind = Invocation::Kind::kVersion;
    if (invocation.kind != Invocation::Kind::kRun) return invocation;
  }
  if (auto fault = apply_environment(invocation.options, environment)) return mistake(*fault);
  const bool is_link = !arguments.empty() && std::string_view(arguments.front()) == "admin-link";
  if (is_link) invocation.kind = Invocation::Kind::kAdminLink;
  for (std::size_t i = is_link ? 1 : 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const auto equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const Flag* flag = find_flag(name);
    // Only the name of an unknown flag is shown, and nothing of a stray word: it may hold a secret.
    if (flag == nullptr) {
      return mistake(name.starts_with("--") ? "unknown flag " + std::string(name) + ", see --help"
                                            : "unexpected argument, see --help");
    }
    if (equals == std::string_view::npos && ++i == arguments.size()) {
      return mistake(expectation(flag->name, *flag));
    }
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view(arguments[i]) : argument.substr(equals + 1);
    if (!flag->set(invocation.options, value)) return mistake(expectation(flag->name, *flag));
    if (name != "--database" && name != "--admin-database") continue;
    if (auto fault = check_database_argument(*flag, std::string(value))) return mistake(*fault);
  }
  if (auto fault = check_admin(invocation)) return mistake(*fault);
  return invocation;
}

std::string help_text() {
  std::string text =
      "calcom-proxy receives Cal.com webhooks over HTTP and hands each to calcom_ingest in PostgreSQL.\n\n"
      "Usage: calcom-proxy [FLAG VALUE]...\n"
      "       calcom-proxy admin-link --admin-token-file FILE [--url URL]    prints a link that signs in "
      "once\n\n"
      "  POST /api/webhooks/calcom            a delivery for the account 'default'\n"
      "  POST /api/webhooks/calcom/ACCOUNT    a delivery for ACCOUNT\n"
      "  POST /api/webhooks/resend            an event of Resend, or /ACCOUNT as above\n"
      "  GET  /book                           the booking page of the account 'default'\n"
      "  GET  /book/ACCOUNT                   the booking page of ACCOUNT\n"
      "  GET  /healthz                        200 when deliveries can be stored, 503 with the reason when "
      "not\n"
      "  GET  /admin                          the operator page, with --admin-token-file\n\n"
      "Flags, each with the environment variable that does the same:\n";
  for (const Flag& flag : kFlags) {
    text += std::string("  ") + flag.name + " " + flag.value + "  (" + flag.twin + ")\n      " +
            flag.meaning + "\n";
  }
  text +=
      "  --version, --help\n\n"
      "The login needs membership in calcom_ingester and nothing else, that of the operator page in\n"
      "calcom_operator. A password belongs into "
      "DATABASE_URL,\n"
      "PGPASSWORD or ~/.pgpass, never among the arguments.\n\n"
      "SIGTERM, SIGINT and SIGHUP stop it: no new connections, requests in flight get their answers, exit "
      "code 0.\n";
  return text;
}

}  // namespace calcom::proxy
