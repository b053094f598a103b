// Who changes bookings by SQL, as booking_history names him.
#pragma once

#include <string>

namespace calcom::pg {

// "role NAME", the role at work outside of definer functions, and whom the verified JWT of the request names,
// where there is one: "role NAME (claim X)". Any session can set the claims, so they stand beside the role
// and never in its place.
std::string calling_actor();

}  // namespace calcom::pg
