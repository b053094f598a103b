// Rows of calcom_audit, inserted by the function that acts, in its transaction.
#pragma once

#include "core/base/json_compose.hpp"
#include "pg/spi.hpp"

namespace calcom::store {

using namespace pg;

struct Act {
  const char* action;
  std::optional<std::string> account;  // nullopt: all accounts
  std::optional<std::string> target;
  // INVARIANT: no secret and no personal data.
  JsonObject detail{};
};

void note_act(Spi& spi, const Act& act);

}  // namespace calcom::store
