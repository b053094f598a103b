// Uses libpq's own parser, so the check and the connection agree.
#include "proxy/base/conninfo.hpp"

#include <libpq-fe.h>

#include <memory>

namespace calcom::proxy {
namespace {

// libpq's rule that distinguishes a connection string from a database name.
bool is_connection_string(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://") ||
         text.find('=') != std::string_view::npos;
}

}  // namespace

ConninfoFault inspect_conninfo(const std::string& text) {
  if (!is_connection_string(text)) return ConninfoFault::kNone;
  // The parser's message is not used: it quotes parts of the string.
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(text.c_str(), nullptr), &PQconninfoFree);
  if (!parsed) return ConninfoFault::kMalformed;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    const bool secret = keyword == "password" || keyword == "sslpassword";
    if (secret && option->val != nullptr && *option->val != '\0') return ConninfoFault::kHasPassword;
  }
  return ConninfoFault::kNone;
}

}  // namespace calcom::proxy
