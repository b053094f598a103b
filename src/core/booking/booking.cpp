// Names of the steps, as they stand in bookings.status.
#include "core/booking/booking.hpp"

namespace calcom {

std::string_view step_name(Step step) {
  switch (step) {
    case Step::kPlaceholder:
      return "placeholder";
    case Step::kPending:
      return "pending";
    case Step::kAccepted:
      return "accepted";
    case Step::kRejected:
      return "rejected";
    case Step::kCancelled:
      return "cancelled";
    case Step::kRescheduled:
      return "rescheduled";
  }
  return "placeholder";
}

}  // namespace calcom
