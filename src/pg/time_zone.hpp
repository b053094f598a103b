// Local time by PostgreSQL's time-zone data, for core, which has none.
#pragma once

#include "core/mail/email.hpp"
#include "pg/guard.hpp"

namespace calcom::pg {

// The instant in the named IANA zone; an unknown name or junk becomes UTC.
ZonedTime zoned(Micros at, const std::string& zone);

}  // namespace calcom::pg
