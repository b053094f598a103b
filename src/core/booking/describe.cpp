// Results of calcom_parse_payload and calcom_extract_booking: an Event as JSON, for people and tests.
#include <variant>

#include "core/base/json_read.hpp"
#include "core/base/text.hpp"
#include "core/base/timestamp.hpp"
#include "core/booking/event.hpp"

namespace calcom {

namespace {

JsonValue json_of(const std::string& text) {
  return text.empty() ? JsonValue(Null{}) : JsonValue(text);
}

JsonValue json_of_json(const JsonText& json) {
  JsonDocument document;
  return document.read(json.text) ? compose_from(document.root()) : JsonValue(json.text);
}

struct ToJson {
  JsonValue operator()(Null) const { return Null{}; }
  JsonValue operator()(bool value) const { return value; }
  JsonValue operator()(std::int64_t value) const { return value; }
  JsonValue operator()(const std::string& text) const { return text; }
  JsonValue operator()(Instant instant) const { return format_timestamp(instant.at); }
  JsonValue operator()(const JsonText& json) const { return json_of_json(json); }
};

void set_details(JsonObject& out, const Event& event) {
  for (const auto& [detail, value] : event.details) out.set(info(detail).column, std::visit(ToJson{}, value));
}

JsonArray json_of_list(const std::vector<std::string>& list) {
  JsonArray out;
  for (const std::string& item : list) out.push(item);
  return out;
}

JsonArray attendees_of(const Event& event) {
  JsonArray out;
  for (const Person& person : event.attendees) {
    JsonObject one;
    one.set("email", json_of(person.email))
        .set("name", json_of(person.name))
        .set("time_zone", json_of(person.time_zone))
        .set("locale", json_of(person.locale))
        .set("phone", json_of(person.phone))
        .set("seat_uid", json_of(person.seat_uid))
        .set("no_show", person.no_show ? JsonValue(*person.no_show) : JsonValue(Null{}));
    out.push(std::move(one));
  }
  return out;
}

std::string_view meaning_name(Meaning meaning) {
  switch (meaning) {
    case Meaning::kMerge:
      return "merge";
    case Meaning::kIgnore:
      return "ignore";
    case Meaning::kDead:
      break;
  }
  return "dead";
}

// The status that the event alone gives; empty where it gives none.
std::string status_of(const Event& event) {
  switch (event.trigger) {
    case Trigger::kBookingCreated:
    case Trigger::kBookingRescheduled:
    case Trigger::kBookingPaid:
      return event.status == "PENDING" ? "pending" : "accepted";
    case Trigger::kBookingRequested:
    case Trigger::kBookingPaymentInitiated:  // says ACCEPTED, but nobody has paid
      return "pending";
    case Trigger::kBookingCancelled:
      return "cancelled";
    case Trigger::kBookingRejected:
      return "rejected";
    default:
      return lower_ascii(event.status);
  }
}

}  // namespace

std::string describe_json(const Parsed& parsed) {
  const Event& event = parsed.event;
  JsonObject details;
  set_details(details, event);
  JsonObject out;
  out.set("trigger", json_of(event.trigger_name))
      .set("meaning", meaning_name(parsed.meaning))
      .set("reason", json_of(parsed.reason))
      .set("uid", json_of(event.uid))
      .set("created_at",
           event.created_at ? JsonValue(format_timestamp(*event.created_at)) : JsonValue(Null{}))
      .set("status", json_of(event.status))
      .set("seated", event.seated)
      .set("reschedule_uid", json_of(event.reschedule_uid))
      .set("request_reschedule", event.request_reschedule)
      .set("details", std::move(details))
      .set("attendees", event.carries_attendees ? JsonValue(attendees_of(event)) : JsonValue(Null{}))
      .set("host_emails", json_of_list(event.host_emails))
      .set("warnings", json_of_list(event.warnings));
  return out.dump();
}

std::string extract_booking_json(const Parsed& parsed) {
  JsonObject out;
  if (parsed.meaning != Meaning::kMerge) return out.dump();
  const Event& event = parsed.event;
  // In a booking with seats the column stays empty, because every seat holder may read it.
  const bool shown = !event.seated && !event.attendees.empty();
  const Person booker = shown ? event.attendees.front() : Person{};
  out.set("uid", event.uid)
      .set("status", json_of(status_of(event)))
      .set("attendee_name", json_of(booker.name))
      .set("attendee_email", json_of(booker.email))
      .set("attendee_time_zone", json_of(booker.time_zone))
      .set("rescheduled_from_uid", json_of(event.reschedule_uid));
  set_details(out, event);
  if (event.carries_attendees) out.set("attendees", attendees_of(event));
  return out.dump();
}

}  // namespace calcom
