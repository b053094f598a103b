// Why a mail is in the state that it is in, as one word that code may compare (email_outbox.cause) and as a sentence
// for people (email_outbox.reason), which nothing parses.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/words.hpp"

namespace calcom {

enum class MailCause : std::uint8_t {
  // The mail is not true of its booking (obligation.cpp).
  kBookingMissing,
  kBookingPlaceholder,
  kBookingPending,
  kBookingAccepted,
  kBookingRejected,
  kBookingNotRejected,
  kBookingCancelled,
  kBookingNotCancelled,
  kBookingMoved,
  kBookingNotMoved,
  kBookingUnpaid,
  kBookingBegun,
  kBookingOver,
  kStartUnknown,
  kSeatPending,
  kSeatCancelled,
  kSeatNotCancelled,
  kSeatMoved,
  kRecipientUnmailable,
  kRecipientRemoved,
  // The mail may not be sent, or not now.
  kSuperseded,
  kSuppressed,
  kTooOld,
  kOutcomeUnknown,
  kRecipientLimit,
  kUnknownKind,
  kBookingUnreadable,
  kNotComposable,
  // The account's mail is held.
  kModeChanged,
  kAccountDisabled,
  kPaused,
  kKeyUnreadable,
  kNoSender,
  kNoKey,
  kNoRedirectAddress,
  kNotArmed,
  // Somebody's act.
  kBaseline,
  kRuleEnded,
  kHostCopiesEnded,
  kCancelledByOperator,
  // The provider's answer, or none.
  kMailRefused,
  kKeyRefused,
  kDomainRefused,
  kEdgeRefused,
  kWrongUrl,
  kRateLimited,
  kDailyQuota,
  kMonthlyQuota,
  kBodyConflict,
  kProviderBusy,
  kProviderFailed,
  kNoAnswer
};
template <>
struct Words<MailCause> {
  static constexpr auto list = std::to_array<std::string_view>({"booking_missing",
                                                                "booking_placeholder",
                                                                "booking_pending",
                                                                "booking_accepted",
                                                                "booking_rejected",
                                                                "booking_not_rejected",
                                                                "booking_cancelled",
                                                                "booking_not_cancelled",
                                                                "booking_moved",
                                                                "booking_not_moved",
                                                                "booking_unpaid",
                                                                "booking_begun",
                                                                "booking_over",
                                                                "start_unknown",
                                                                "seat_pending",
                                                                "seat_cancelled",
                                                                "seat_not_cancelled",
                                                                "seat_moved",
                                                                "recipient_unmailable",
                                                                "recipient_removed",
                                                                "superseded",
                                                                "suppressed",
                                                                "too_old",
                                                                "outcome_unknown",
                                                                "recipient_limit",
                                                                "unknown_kind",
                                                                "booking_unreadable",
                                                                "not_composable",
                                                                "mode_changed",
                                                                "account_disabled",
                                                                "paused",
                                                                "key_unreadable",
                                                                "no_sender",
                                                                "no_key",
                                                                "no_redirect_address",
                                                                "not_armed",
                                                                "baseline",
                                                                "rule_ended",
                                                                "host_copies_ended",
                                                                "cancelled_by_operator",
                                                                "mail_refused",
                                                                "key_refused",
                                                                "domain_refused",
                                                                "edge_refused",
                                                                "wrong_url",
                                                                "rate_limited",
                                                                "daily_quota",
                                                                "monthly_quota",
                                                                "body_conflict",
                                                                "provider_busy",
                                                                "provider_failed",
                                                                "no_answer"});
  static constexpr auto kLast = MailCause::kNoAnswer;
};

// One clause for people. Callers add what they know: who suppressed, what the provider answered.
std::string_view sentence(MailCause cause);

// The provider lets the mail go on by itself at a time that it named.
constexpr bool ends_by_itself(MailCause cause) {
  return cause == MailCause::kDailyQuota || cause == MailCause::kRateLimited;
}

}  // namespace calcom
