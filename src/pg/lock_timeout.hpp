// lock_timeout for a part of a transaction.
#pragma once

#include "pg/guard.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace calcom::pg {

// Sets lock_timeout for a scope; the destructor restores the caller's setting.
class LockTimeout {
 public:
  explicit LockTimeout(int milliseconds) {
    const std::string value = std::to_string(milliseconds);
    const char* text = value.c_str();
    level_ = call([=] {
      const int level = NewGUCNestLevel();
      set_config_option("lock_timeout", text, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
      return level;
    });
  }
  ~LockTimeout() { AtEOXact_GUC(true, level_); }
  LockTimeout(const LockTimeout&) = delete;
  LockTimeout& operator=(const LockTimeout&) = delete;

 private:
  int level_ = 0;
};

}  // namespace calcom::pg
