// Words that the tables hold and that no other header describes.
#pragma once

#include <cstdint>

#include "core/base/words.hpp"

namespace calcom {

// calcom_events.outcome: the result of a delivery.
enum class EventOutcome : std::uint8_t {
  kApplied,    // changed a booking
  kDuplicate,  // said nothing new
  kStale,      // a later event had said otherwise
  kIgnored,    // its trigger changes no booking
  kDeferred,   // could not be merged yet; the worker tries again
  kDead        // cannot be merged
};
template <>
struct Words<EventOutcome> {
  static constexpr auto list =
      std::to_array<std::string_view>({"applied", "duplicate", "stale", "ignored", "deferred", "dead"});
  static constexpr auto kLast = EventOutcome::kDead;
};

// calcom_events.source: how an event arrived.
enum class EventSource : std::uint8_t { kWebhook, kSql, kApi, kManual };
template <>
struct Words<EventSource> {
  static constexpr auto list = std::to_array<std::string_view>({"webhook", "sql", "api", "manual"});
  static constexpr auto kLast = EventSource::kManual;
};

// provider_events.outcome: the result of an event of Resend's.
enum class ProviderOutcome : std::uint8_t {
  kApplied,
  kStale,      // changes nothing
  kUnmatched,  // about no mail of this account
  kIgnored,    // of a type without a meaning here
  kDead        // not understood
};
template <>
struct Words<ProviderOutcome> {
  static constexpr auto list =
      std::to_array<std::string_view>({"applied", "stale", "unmatched", "ignored", "dead"});
  static constexpr auto kLast = ProviderOutcome::kDead;
};

// email_suppressions.source: who suppressed the address.
enum class SuppressionSource : std::uint8_t { kManual, kProvider };
template <>
struct Words<SuppressionSource> {
  static constexpr auto list = std::to_array<std::string_view>({"manual", "provider"});
  static constexpr auto kLast = SuppressionSource::kProvider;
};

// calcom_secrets.kind
enum class SecretKind : std::uint8_t { kWebhook, kResendApiKey, kResendWebhook, kCalcomApiKey };
template <>
struct Words<SecretKind> {
  static constexpr auto list =
      std::to_array<std::string_view>({"webhook", "resend_api_key", "resend_webhook", "calcom_api_key"});
  static constexpr auto kLast = SecretKind::kCalcomApiKey;
};

// booking_history.action. A change of status is named by the new status.
enum class HistoryAction : std::uint8_t {
  kCreated,
  kPlaceholder,
  kPending,
  kAccepted,
  kRejected,
  kCancelled,
  kRescheduled,
  kMoved,  // the start changed
  kUpdated,
  kDeleted,
  kAttendeeAdded,
  kAttendeeRemoved,
  kAttendeeReturned,
  kAttendeeUpdated,
  kAttendeeDeleted
};
template <>
struct Words<HistoryAction> {
  static constexpr auto list = std::to_array<std::string_view>(
      {"created", "placeholder", "pending", "accepted", "rejected", "cancelled", "rescheduled", "moved",
       "updated", "deleted", "attendee_added", "attendee_removed", "attendee_returned", "attendee_updated",
       "attendee_deleted"});
  static constexpr auto kLast = HistoryAction::kAttendeeDeleted;
};

}  // namespace calcom
