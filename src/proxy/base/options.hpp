// Flags and environment variables of calcom-proxy. Each flag has a variable, because services are configured by
// environment files. A password has no flag.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "proxy/base/log.hpp"

namespace calcom::proxy {

using Milliseconds = std::chrono::milliseconds;

struct Options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string database;  // libpq connection string; empty: PG* variables and libpq's defaults
  std::string schema;    // empty: where the extension calcom is installed
  std::size_t pool = 4;
  std::size_t queue = 256;
  std::size_t max_connections = 512;
  std::size_t max_body = 1048576;
  Milliseconds header_timeout{10000};
  Milliseconds body_timeout{20000};
  Milliseconds idle_timeout{60000};
  Milliseconds database_timeout{10000};
  Milliseconds shutdown_timeout{10000};
  std::string book_frame_ancestors = "'none'";  // sources for a Content-Security-Policy
  LogFormat log_format = LogFormat::kText;
  std::string admin_token_file;  // empty: no operator page
  std::string admin_database;    // libpq connection string of its login
  std::string admin_host;        // name of the operator page besides those of loopback
  Milliseconds admin_idle{1800000};
  std::string url;  // of admin-link; empty: http:// and where it listens
};

struct Invocation {
  enum class Kind { kRun, kAdminLink, kHelp, kVersion, kMistake };
  Kind kind = Kind::kRun;
  Options options;
  std::string mistake;  // kMistake: one sentence
};

// arguments: without the program's name. A flag has precedence over its environment variable.
Invocation read_options(std::span<const char* const> arguments);

std::string help_text();

}  // namespace calcom::proxy
