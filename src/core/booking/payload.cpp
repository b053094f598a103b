// From bytes to an Event: what the body is, which booking it is about, and whether it changes anything.
// Reasons are read by people in calcom_events and by the doctor: they say what to do.
#include <utility>

#include "core/base/json_read.hpp"
#include "core/base/text.hpp"
#include "core/booking/event.hpp"
#include "core/booking/payload_details.hpp"
#include "core/booking/payload_people.hpp"
#include "core/booking/payload_reader.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxName = 100;  // trigger names and statuses

constexpr const char* kClearTemplate =
    "not Cal.com's default payload: clear the custom payload template of the webhook in Cal.com";
constexpr const char* kLostInTemplate =
    "Cal.com could not render the webhook's custom payload template and sent \"false\" instead of the event: "
    "clear the template; what this delivery said is to be fetched through Cal.com's API";
constexpr const char* kZapier =
    "the body of Cal.com's Zapier app, which does not say what happened: use a webhook subscription instead "
    "of the Zapier app";
constexpr const char* kNotJson =
    "not JSON: clear the custom payload template of the webhook in Cal.com, or look for what damages the "
    "body "
    "on its way";
constexpr const char* kNoUid =
    "a booking event without a uid, as Cal.com sends it now and then: fetch the booking through Cal.com's "
    "API";

Parsed with(Meaning meaning, std::string reason, Event event = {}) {
  return {meaning, std::move(reason), std::move(event)};
}

bool is_meeting_trigger(Trigger trigger) {
  return trigger == Trigger::kMeetingStarted || trigger == Trigger::kMeetingEnded;
}

// Triggers about a booking that leave its details as they are: notes in its history.
bool is_note_trigger(Trigger trigger) {
  switch (trigger) {
    case Trigger::kBookingNoShowUpdated:
    case Trigger::kRecordingReady:
    case Trigger::kRecordingTranscriptionGenerated:
    case Trigger::kAfterHostsNoShow:
    case Trigger::kAfterGuestsNoShow:
      return true;
    default:
      return is_meeting_trigger(trigger);
  }
}

// Why a trigger changes no booking; null when it may.
const char* why_ignored(Trigger trigger) {
  switch (trigger) {
    case Trigger::kPing:
      return "a ping: the subscription works";
    case Trigger::kInstantMeeting:
    case Trigger::kInstantMeetingAccepted:
      return "instant meetings are not kept";
    case Trigger::kOutOfOfficeCreated:
      return "an out-of-office entry, not a booking";
    case Trigger::kFormSubmitted:
    case Trigger::kFormSubmittedNoEvent:
    case Trigger::kRoutingFormFallbackHit:
      return "a routing form, not a booking";
    case Trigger::kWrongAssignmentReport:
      return "a report about routing, which changes no booking";
    case Trigger::kDelegationCredential:
      return "about a workspace credential, not a booking";
    case Trigger::kUnknown:
      return "a trigger that this version does not know: stored, changes no booking";
    default:
      return nullptr;
  }
}

// payload.uid, payload.bookingUid, payload.booking.uid, root uid: each event has its own place.
std::string read_uid(PayloadReader& root, std::optional<PayloadReader>& payload) {
  if (payload) {
    if (std::optional<std::string> uid = payload->id("uid")) return *uid;
    if (std::optional<std::string> uid = payload->id("bookingUid")) return *uid;
    if (const std::optional<JsonElement> booking = payload->raw("booking"))
      if (const std::optional<simdjson::dom::object> object = as_object(*booking)) {
        PayloadReader fields(*object, "payload.booking", root.warnings());
        if (std::optional<std::string> uid = fields.id("uid")) return *uid;
      }
  }
  return root.id("uid").value_or("");
}

void read_booking(PayloadReader& payload, Event& event) {
  event.status = payload.text("status", kMaxName).value_or("");
  const std::optional<JsonElement> seats = payload.raw("seatsPerTimeSlot");
  event.seated = (seats && as_bigint(*seats)) || payload.id("attendeeSeatId");
  read_hosts(payload, event);
  read_attendees(payload, event);
  for (const Person& person : event.attendees) event.seated |= !person.seat_uid.empty();
  event.reschedule_uid = payload.id("rescheduleUid").value_or("");
  if (event.trigger == Trigger::kBookingCancelled)
    event.request_reschedule = payload.boolean("requestReschedule").value_or(false);
  read_details(payload, event);
}

// A body without triggerEvent: a template, the Zapier app, or a MEETING_* row of a Cal.com that forgot to
// name it (a row of its table bookings, recognized by its columns).
Parsed nameless(PayloadReader& root, Event& event) {
  std::optional<PayloadReader> none;
  event.uid = read_uid(root, none);
  if (root.raw("triggerEvent")) return with(Meaning::kDead, kClearTemplate, std::move(event));
  if (root.raw("idempotencyKey") && root.raw("fromReschedule"))
    return with(Meaning::kIgnore,
                "a meeting event of an old Cal.com, which does not say which: changes nothing",
                std::move(event));
  const bool zapier = root.raw("eventType") && root.raw("user") && root.raw("startTime");
  return with(Meaning::kDead, zapier ? kZapier : kClearTemplate, std::move(event));
}

Parsed parse_object(simdjson::dom::object object, bool repaired) {
  Event event;
  if (repaired) add_warning(event.warnings, "the body was not clean JSON and was repaired");
  PayloadReader root(object, "", event.warnings);
  event.trigger_name = root.text("triggerEvent", kMaxName).value_or("");
  event.trigger = trigger_from_name(event.trigger_name);
  if (event.trigger == Trigger::kNone) return nameless(root, event);

  std::optional<PayloadReader> payload;
  const bool flat = is_meeting_trigger(event.trigger) && !root.raw("payload");
  if (const std::optional<simdjson::dom::object> inner = root.object("payload"))
    payload.emplace(*inner, "payload", event.warnings);
  if (!flat) event.created_at = root.time("createdAt");  // of a flat row it is when the booking was made
  event.uid = read_uid(root, payload);

  if (const char* reason = why_ignored(event.trigger))
    return with(Meaning::kIgnore, reason, std::move(event));
  if (is_note_trigger(event.trigger)) {
    if (event.uid.empty())
      return with(Meaning::kIgnore, "names no booking, as old versions of Cal.com send it", std::move(event));
    if (event.trigger == Trigger::kBookingNoShowUpdated && payload) read_attendees(*payload, event);
    return with(Meaning::kMerge, "", std::move(event));
  }
  if (!payload) return with(Meaning::kDead, kClearTemplate, std::move(event));
  read_booking(*payload, event);
  if (event.uid.empty()) return with(Meaning::kDead, kNoUid, std::move(event));
  return with(Meaning::kMerge, "", std::move(event));
}

}  // namespace

Parsed parse_event(std::string_view body) {
  if (trimmed(body).empty()) return with(Meaning::kDead, "the body is empty");
  JsonDocument document;
  if (!document.read(body)) return with(Meaning::kDead, kNotJson);
  if (const std::optional<simdjson::dom::object> object = as_object(document.root()))
    return parse_object(*object, document.repaired());
  const bool is_false = !as_bool(document.root()).value_or(true);
  return with(Meaning::kDead, is_false ? kLostInTemplate : kClearTemplate);
}

}  // namespace calcom
