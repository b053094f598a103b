// Cal.com's trigger names. The set grows every few months: what is not here is kUnknown and changes nothing.
#include <array>
#include <utility>

#include "core/booking/event.hpp"

namespace calcom {

namespace {
constexpr std::array<std::pair<std::string_view, Trigger>, 28> kNames = {{
    {"PING", Trigger::kPing},
    {"BOOKING_CREATED", Trigger::kBookingCreated},
    {"BOOKING_REQUESTED", Trigger::kBookingRequested},
    {"BOOKING_RESCHEDULED", Trigger::kBookingRescheduled},
    {"BOOKING_CANCELLED", Trigger::kBookingCancelled},
    {"BOOKING_REJECTED", Trigger::kBookingRejected},
    {"BOOKING_PAYMENT_INITIATED", Trigger::kBookingPaymentInitiated},
    {"BOOKING_PAID", Trigger::kBookingPaid},
    {"BOOKING_NO_SHOW_UPDATED", Trigger::kBookingNoShowUpdated},
    {"BOOKING_LOCATION_UPDATED", Trigger::kBookingLocationUpdated},
    {"BOOKING_REASSIGNED", Trigger::kBookingReassigned},
    {"MEETING_STARTED", Trigger::kMeetingStarted},
    {"MEETING_ENDED", Trigger::kMeetingEnded},
    {"RECORDING_READY", Trigger::kRecordingReady},
    {"RECORDING_TRANSCRIPTION_GENERATED", Trigger::kRecordingTranscriptionGenerated},
    {"AFTER_HOSTS_CAL_VIDEO_NO_SHOW", Trigger::kAfterHostsNoShow},
    {"AFTER_GUESTS_CAL_VIDEO_NO_SHOW", Trigger::kAfterGuestsNoShow},
    {"INSTANT_MEETING", Trigger::kInstantMeeting},
    {"INSTANT_MEETING_ACCEPTED", Trigger::kInstantMeetingAccepted},
    {"OOO_CREATED", Trigger::kOutOfOfficeCreated},
    {"FORM_SUBMITTED", Trigger::kFormSubmitted},
    {"FORM_SUBMITTED_NO_EVENT", Trigger::kFormSubmittedNoEvent},
    {"ROUTING_FORM_FALLBACK_HIT", Trigger::kRoutingFormFallbackHit},
    {"WRONG_ASSIGNMENT_REPORT", Trigger::kWrongAssignmentReport},
    {"DELEGATION_CREDENTIAL_ERROR", Trigger::kDelegationCredential},
    {"DELEGATION_CREDENTIAL_SECRET_ROTATED", Trigger::kDelegationCredential},
    {"DELEGATION_CREDENTIAL_SECRET_ROTATION_FAILED", Trigger::kDelegationCredential},
    {"DELEGATION_CREDENTIAL_ROTATION_REQUIRED", Trigger::kDelegationCredential},
}};
}  // namespace

Trigger trigger_from_name(std::string_view name) {
  if (name.empty()) return Trigger::kNone;
  for (const auto& [known, trigger] : kNames)
    if (known == name) return trigger;
  return Trigger::kUnknown;
}

}  // namespace calcom
