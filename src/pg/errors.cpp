#include "pg/errors.hpp"

namespace calcom::pg {

SqlError sql_error(Error error, std::string detail, std::string hint) {
  const ErrorText& text = text_of(error);
  const std::string_view code = text.sqlstate;
  return {MAKE_SQLSTATE(code[0], code[1], code[2], code[3], code[4]), std::string(text.message),
          std::move(detail), hint.empty() ? std::string(text.hint) : std::move(hint)};
}

}  // namespace calcom::pg
