// Who changes bookings by SQL, as booking_history names him.
#pragma once

#include <string>

#include "pg/spi.hpp"

namespace calcom::pg {

// "role NAME", the role at work outside of definer functions; for a role whose claims are trusted
// "role NAME as ADDRESS", the e-mail claim of the request.
std::string calling_actor(Spi& spi);

}  // namespace calcom::pg
