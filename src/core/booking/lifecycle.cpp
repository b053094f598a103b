// The lifecycle table. Two statuses in bodies are known to be untrue or stale and are not believed:
// PAYMENT_INITIATED says ACCEPTED of a booking that waits for its payment, and bodies of delayed deliveries
// may describe a later state than their trigger. So the trigger decides, and the status can only hold it
// back.
#include "core/booking/lifecycle.hpp"

namespace calcom {

Effect effect_of(Trigger trigger) {
  constexpr bool kLists = true, kBorn = true, kReplaces = true;
  switch (trigger) {
    case Trigger::kBookingRequested:
      return {true, 1, kLists, kBorn, kReplaces};
    case Trigger::kBookingPaymentInitiated:
      return {true, 2, kLists, kBorn, false};
    case Trigger::kBookingPaid:
      return {true, 3, false, false, false};
    case Trigger::kBookingCreated:
      return {true, 4, kLists, kBorn, kReplaces};
    case Trigger::kBookingRescheduled:
      return {true, 5, kLists, false, kReplaces};
    case Trigger::kBookingLocationUpdated:
      return {true, 6, false, false, false};
    case Trigger::kBookingReassigned:
      return {true, 7, false, false, false};
    case Trigger::kBookingNoShowUpdated:
      return {true, 8, false, false, false};
    case Trigger::kBookingRejected:
      return {true, 9, false, false, false};
    case Trigger::kBookingCancelled:
      return {true, 10, false, false, false};
    default:
      return {};
  }
}

Step step_of(const Event& event) {
  switch (event.trigger) {
    case Trigger::kBookingRequested:
    case Trigger::kBookingPaymentInitiated:
      return Step::kPending;
    case Trigger::kBookingCreated:
    case Trigger::kBookingRescheduled:
      return event.status == "PENDING" ? Step::kPending : Step::kAccepted;
    case Trigger::kBookingPaid:
      return event.status == "ACCEPTED" ? Step::kAccepted : Step::kPending;
    case Trigger::kBookingLocationUpdated:
    case Trigger::kBookingReassigned:
      return event.status == "ACCEPTED" ? Step::kAccepted : Step::kPlaceholder;
    case Trigger::kBookingRejected:
      return Step::kRejected;
    case Trigger::kBookingCancelled:
      return Step::kCancelled;
    default:
      return Step::kPlaceholder;
  }
}

std::string_view predecessor_of(const Event& event) {
  const bool replaces = effect_of(event.trigger).replaces && !event.uid.empty();
  return replaces && event.reschedule_uid != event.uid ? std::string_view(event.reschedule_uid) : "";
}

bool moves_in_place(const Event& event) {
  return event.trigger == Trigger::kBookingRescheduled && predecessor_of(event).empty();
}

}  // namespace calcom
