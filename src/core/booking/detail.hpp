// The details of a booking: one row here is one last-writer register of the merge, one name in the stored
// facts and, but for the last, one column of the table `bookings`. To add a detail: add it here, in
// payload_details.cpp (where it comes from) and in src/sql (the column).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace calcom {

enum class Detail : std::uint8_t {
  kTitle,
  kDescription,
  kAdditionalNotes,
  kEventTypeSlug,
  kEventTypeId,
  kEventTitle,
  kBookingId,
  kStartTime,
  kEndTime,
  kLengthMinutes,
  kOrganizerName,
  kOrganizerEmail,
  kOrganizerTimeZone,
  kOrganizerLocale,
  kLocation,
  kMeetingUrl,
  kCancellationReason,
  kCancelledBy,
  kRejectionReason,
  kRescheduleReason,
  kRescheduledBy,
  kPrice,
  kCurrency,
  kPaid,
  kPaymentId,
  kSeatsPerTimeSlot,
  kSchedulingType,
  kTeamName,
  kRecurringEvent,
  kResponses,
  kMetadata,
  kIcalUid,
  kIcalSequence,
  kBookerUrl,
  kPlatformCancelUrl,
  kPlatformRescheduleUrl,
  kDisableCancelling,
  kDisableRescheduling,
  kHideOrganizerEmail,
  kReplyTo,
  kCount
};

enum class DetailType : std::uint8_t { kText, kBigint, kBoolean, kTimestamptz, kJsonb };

struct DetailInfo {
  Detail detail;
  std::string_view column;  // of `bookings`, and the key in the stored facts
  DetailType type;
};

inline constexpr std::size_t kDetailCount = static_cast<std::size_t>(Detail::kCount);

inline constexpr std::array<DetailInfo, kDetailCount> kDetails = {{
    {Detail::kTitle, "title", DetailType::kText},
    {Detail::kDescription, "description", DetailType::kText},
    {Detail::kAdditionalNotes, "additional_notes", DetailType::kText},
    {Detail::kEventTypeSlug, "event_type_slug", DetailType::kText},
    {Detail::kEventTypeId, "event_type_id", DetailType::kBigint},
    {Detail::kEventTitle, "event_title", DetailType::kText},
    {Detail::kBookingId, "booking_id", DetailType::kBigint},
    {Detail::kStartTime, "start_time", DetailType::kTimestamptz},
    {Detail::kEndTime, "end_time", DetailType::kTimestamptz},
    {Detail::kLengthMinutes, "length_minutes", DetailType::kBigint},
    {Detail::kOrganizerName, "organizer_name", DetailType::kText},
    {Detail::kOrganizerEmail, "organizer_email", DetailType::kText},
    {Detail::kOrganizerTimeZone, "organizer_time_zone", DetailType::kText},
    {Detail::kOrganizerLocale, "organizer_locale", DetailType::kText},
    {Detail::kLocation, "location", DetailType::kText},
    {Detail::kMeetingUrl, "meeting_url", DetailType::kText},
    {Detail::kCancellationReason, "cancellation_reason", DetailType::kText},
    {Detail::kCancelledBy, "cancelled_by", DetailType::kText},
    {Detail::kRejectionReason, "rejection_reason", DetailType::kText},
    {Detail::kRescheduleReason, "reschedule_reason", DetailType::kText},
    {Detail::kRescheduledBy, "rescheduled_by", DetailType::kText},
    {Detail::kPrice, "price", DetailType::kBigint},
    {Detail::kCurrency, "currency", DetailType::kText},
    {Detail::kPaid, "paid", DetailType::kBoolean},
    {Detail::kPaymentId, "payment_id", DetailType::kBigint},
    {Detail::kSeatsPerTimeSlot, "seats_per_time_slot", DetailType::kBigint},
    {Detail::kSchedulingType, "scheduling_type", DetailType::kText},
    {Detail::kTeamName, "team_name", DetailType::kText},
    {Detail::kRecurringEvent, "recurring_event", DetailType::kJsonb},
    {Detail::kResponses, "responses", DetailType::kJsonb},
    {Detail::kMetadata, "metadata", DetailType::kJsonb},
    {Detail::kIcalUid, "ical_uid", DetailType::kText},
    {Detail::kIcalSequence, "ical_sequence", DetailType::kBigint},
    {Detail::kBookerUrl, "booker_url", DetailType::kText},
    {Detail::kPlatformCancelUrl, "platform_cancel_url", DetailType::kText},
    {Detail::kPlatformRescheduleUrl, "platform_reschedule_url", DetailType::kText},
    {Detail::kDisableCancelling, "disable_cancelling", DetailType::kBoolean},
    {Detail::kDisableRescheduling, "disable_rescheduling", DetailType::kBoolean},
    {Detail::kHideOrganizerEmail, "hide_organizer_email", DetailType::kBoolean},
    {Detail::kReplyTo, "reply_to", DetailType::kText},
}};

constexpr const DetailInfo& info(Detail detail) {
  return kDetails[static_cast<std::size_t>(detail)];
}

static_assert(
    [] {
      for (std::size_t i = 0; i < kDetailCount; ++i)
        if (kDetails[i].detail != static_cast<Detail>(i)) return false;
      return true;
    }(),
    "kDetails is in the order of Detail");

}  // namespace calcom
