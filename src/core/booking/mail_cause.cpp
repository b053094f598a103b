// The sentences of email_outbox.reason.
#include "core/booking/mail_cause.hpp"

namespace calcom {

namespace {

constexpr auto kSentences =
    std::to_array<std::string_view>({"no such booking",
                                     "booking is only known from others",
                                     "booking is not accepted yet",
                                     "booking is accepted already",
                                     "booking was rejected",
                                     "booking is not rejected",
                                     "booking was cancelled",
                                     "booking is not cancelled",
                                     "booking was moved to another time",
                                     "booking was not moved",
                                     "booking is not paid yet",
                                     "booking has begun",
                                     "booking is over",
                                     "start time of the booking is not known",
                                     "seat is not accepted yet",
                                     "seat was cancelled",
                                     "seat is not cancelled",
                                     "seat was moved to another time",
                                     "recipient has no address to mail to",
                                     "recipient is not an attendee any more",
                                     "a later reminder is due as well",
                                     "suppressed",
                                     "too old",
                                     "the outcome stayed unknown for 23 hours",
                                     "more mails to this recipient within an hour than the account allows",
                                     "unknown kind of mail",
                                     "the booking cannot be read by this version",
                                     "the mail cannot be composed",
                                     "composed in another mail mode than the account is in",
                                     "the account is disabled",
                                     "the account is paused",
                                     "the file of the secret resend_api_key cannot be read",
                                     "no sender is set: calcom_account_set()",
                                     "no key is set: calcom_set_secret()",
                                     "no address to redirect to is set: calcom_account_set()",
                                     "this environment is not authorized to send mail: calcom_go_live()",
                                     "baseline: owed by events that are replayed, not by news",
                                     "the reminder rule was ended",
                                     "copies to the host were ended",
                                     "cancelled by an operator",
                                     "Resend refuses this mail",
                                     "Resend refuses the key",
                                     "Resend refuses the sender's domain",
                                     "something before Resend's API refuses this server",
                                     "calcom.resend_url is not Resend's API",
                                     "Resend asks to wait",
                                     "Resend's daily quota is used up",
                                     "Resend's monthly quota is used up",
                                     "Resend took another mail under the same idempotency key",
                                     "Resend is still working on an earlier attempt",
                                     "Resend gave no usable answer",
                                     "Resend gave no answer"});
static_assert(kSentences.size() == Words<MailCause>::list.size());

}  // namespace

std::string_view sentence(MailCause cause) {
  return kSentences[static_cast<std::size_t>(cause)];
}

}  // namespace calcom
