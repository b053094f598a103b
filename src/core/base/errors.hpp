// The errors of the extension's own, and what an HTTP client is answered for any SQLSTATE. Both come from errors.def.
#pragma once

#include <cstdint>
#include <string_view>

namespace calcom {

enum class Error : std::uint8_t {
#define CALCOM_ERROR(identifier, name, sqlstate, status, group, message, hint, happened, remedy) identifier,
#include "core/base/errors.def"
#undef CALCOM_ERROR
};

struct ErrorText {
  Error error;
  std::string_view name;      // as SQL calls it: "unknown_account"
  std::string_view sqlstate;  // five characters, class KC
  unsigned status;            // HTTP
  std::string_view message, hint;
};

const ErrorText& text_of(Error error);

// nullptr: the extension has no such error.
const ErrorText* find_error_by_name(std::string_view name);
const ErrorText* find_error_by_sqlstate(std::string_view sqlstate);

inline constexpr unsigned kRetryAfterSeconds = 5;

struct HttpAnswer {
  unsigned status;
  std::string_view error;    // for the client; says nothing about the server
  std::string_view hint;     // for the operator's log; may be empty
  unsigned retry_after = 0;  // seconds for Retry-After: the same request will succeed later; 0: it will not
};

// The answer to a delivery that the database refused with this SQLSTATE.
HttpAnswer http_answer(std::string_view sqlstate);

}  // namespace calcom
