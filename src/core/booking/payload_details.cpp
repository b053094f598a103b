// See payload_details.hpp. Never read at all: videoCallData.password, oneTimePassword, downloadLink(s),
// connectAndJoinUrl — secrets that must not reach a column.
#include "core/booking/payload_details.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/base/text.hpp"
#include "core/booking/payload_people.hpp"
#include "core/booking/payload_responses.hpp"

namespace calcom {

namespace {

using Triggers = std::uint32_t;
constexpr Triggers bit(Trigger trigger) {
  return Triggers{1} << static_cast<unsigned>(trigger);
}

constexpr Triggers kCancelled = bit(Trigger::kBookingCancelled);
constexpr Triggers kRejected = bit(Trigger::kBookingRejected);
constexpr Triggers kInitiated = bit(Trigger::kBookingPaymentInitiated);
constexpr Triggers kPaid = bit(Trigger::kBookingPaid);
constexpr Triggers kAsksToMove = bit(Trigger::kBookingRequested) | bit(Trigger::kBookingRescheduled);
// Whole pictures of a booking. Only these may clear a detail by null; the others send null for what they did
// not look up.
constexpr Triggers kPictures = bit(Trigger::kBookingCreated) | kAsksToMove |
                               bit(Trigger::kBookingLocationUpdated) | bit(Trigger::kBookingReassigned);
constexpr Triggers kAll = kPictures | kCancelled | kRejected | kInitiated | kPaid;

enum class Kind : std::uint8_t { kLine, kText, kId, kEmail, kUrl, kBigint, kBoolean, kTime, kObject };

struct Rule {
  Detail detail;
  std::string_view field;
  Kind kind;
  Triggers from;
  bool of_one_person = false;  // not taken from seated bookings, where it is one guest's and all would see it
};

constexpr std::array kPayloadRules = std::to_array<Rule>({
    {Detail::kTitle, "title", Kind::kLine, kAll},
    {Detail::kDescription, "description", Kind::kText, kAll, true},
    {Detail::kAdditionalNotes, "additionalNotes", Kind::kText, kAll, true},
    {Detail::kEventTypeSlug, "type", Kind::kLine, kAll},
    {Detail::kEventTypeId, "eventTypeId", Kind::kBigint, kAll},
    {Detail::kEventTitle, "eventTitle", Kind::kLine, kAll},
    {Detail::kBookingId, "bookingId", Kind::kBigint, kAll},
    {Detail::kStartTime, "startTime", Kind::kTime, kAll},
    {Detail::kEndTime, "endTime", Kind::kTime, kAll},
    {Detail::kLengthMinutes, "length", Kind::kBigint, kAll},
    {Detail::kCancellationReason, "cancellationReason", Kind::kText, kCancelled},
    {Detail::kCancelledBy, "cancelledBy", Kind::kEmail, kCancelled},
    {Detail::kRejectionReason, "rejectionReason", Kind::kText, kRejected},
    {Detail::kRescheduleReason, "rescheduleReason", Kind::kText, kAsksToMove, true},  // of own bookings
    {Detail::kRescheduledBy, "rescheduledBy", Kind::kEmail, kAsksToMove},
    {Detail::kPrice, "price", Kind::kBigint, kAll},
    {Detail::kCurrency, "currency", Kind::kLine, kAll},
    {Detail::kPaymentId, "paymentId", Kind::kBigint, kInitiated | kPaid},
    {Detail::kSeatsPerTimeSlot, "seatsPerTimeSlot", Kind::kBigint, kAll},
    {Detail::kSchedulingType, "schedulingType", Kind::kLine, kAll},
    {Detail::kRecurringEvent, "recurringEvent", Kind::kObject, kAll},
    {Detail::kMetadata, "metadata", Kind::kObject, kPictures, true},
    {Detail::kIcalUid, "iCalUID", Kind::kId, kAll},
    {Detail::kIcalSequence, "iCalSequence", Kind::kBigint, kAll},
    {Detail::kBookerUrl, "bookerUrl", Kind::kUrl, kPictures},
    {Detail::kPlatformCancelUrl, "platformCancelUrl", Kind::kUrl, kPictures},
    {Detail::kPlatformRescheduleUrl, "platformRescheduleUrl", Kind::kUrl, kPictures},
    {Detail::kDisableCancelling, "disableCancelling", Kind::kBoolean, kAll},
    {Detail::kDisableRescheduling, "disableRescheduling", Kind::kBoolean, kAll},
    {Detail::kHideOrganizerEmail, "hideOrganizerEmail", Kind::kBoolean, kAll},
    {Detail::kReplyTo, "customReplyToEmail", Kind::kEmail, kAll},
});

constexpr std::array kOrganizerRules = std::to_array<Rule>({
    {Detail::kOrganizerName, "name", Kind::kLine, kAll},
    {Detail::kOrganizerEmail, "email", Kind::kEmail, kAll},
    {Detail::kOrganizerTimeZone, "timeZone", Kind::kId, kAll},
});

constexpr Rule kTeamName = {Detail::kTeamName, "name", Kind::kLine, kAll};
// The event type's description replaces `description` of bookings with seats, which falls back to a guest's
// notes.
constexpr Rule kSeatedDescription = {Detail::kDescription, "eventDescription", Kind::kText, kAll};

std::optional<JsonText> read_json(PayloadReader& fields, std::string_view name) {
  const std::optional<simdjson::dom::object> object = fields.object(name);
  if (!object) return std::nullopt;
  std::string text = compose_from(JsonElement(*fields.raw(name))).dump();
  if (text.size() <= kMaxJson) return JsonText{std::move(text)};
  fields.warn(name);
  return std::nullopt;
}

// The details of one event on their way into Event::details, which is in the order of Detail.
class Collector {
 public:
  explicit Collector(Event& event) : event_(event) {}

  [[nodiscard]] bool from(Triggers triggers) const { return (bit(event_.trigger) & triggers) != 0; }
  [[nodiscard]] bool seated() const { return event_.seated; }
  [[nodiscard]] std::vector<std::string>& warnings() const { return event_.warnings; }

  void read(PayloadReader& fields, const Rule& rule) {
    if (!from(rule.from) || (rule.of_one_person && seated())) return;
    if (!fields.is_null(rule.field)) return take(fields, rule);
    if (from(kPictures)) set(rule.detail, Null{});
  }
  template <typename T>
  void set(Detail detail, T value) {
    const auto index = static_cast<std::size_t>(detail);
    values_[index].emplace<T>(std::move(value));
    carried_[index] = true;
  }
  template <typename T>
  void set_if(Detail detail, std::optional<T> value) {
    if (value) set(detail, std::move(*value));
  }
  void finish() {
    for (std::size_t i = 0; i < kDetailCount; ++i)
      if (carried_[i]) event_.details.emplace_back(static_cast<Detail>(i), std::move(values_[i]));
  }

 private:
  void take(PayloadReader& fields, const Rule& rule);

  Event& event_;
  std::array<Value, kDetailCount> values_;
  std::array<bool, kDetailCount> carried_{};
};

void Collector::take(PayloadReader& fields, const Rule& rule) {
  switch (rule.kind) {
    case Kind::kLine:
      return set_if(rule.detail, fields.text(rule.field, kMaxLine));
    case Kind::kText:
      return set_if(rule.detail, fields.text(rule.field, kMaxText));
    case Kind::kId:
      return set_if(rule.detail, fields.id(rule.field));
    case Kind::kEmail:
      return set_if(rule.detail, fields.email(rule.field));
    case Kind::kUrl:
      return set_if(rule.detail, fields.url(rule.field));
    case Kind::kBigint:
      return set_if(rule.detail, fields.bigint(rule.field));
    case Kind::kBoolean:
      return set_if(rule.detail, fields.boolean(rule.field));
    case Kind::kTime:
      if (const std::optional<Micros> at = fields.time(rule.field)) set(rule.detail, Instant{*at});
      return;
    case Kind::kObject:
      return set_if(rule.detail, read_json(fields, rule.field));
  }
}

// "integrations:daily" names an app, not a place.
bool is_raw_location(std::string_view location) {
  return location.starts_with("integrations:");
}

std::optional<std::string> read_location(PayloadReader& payload) {
  const std::optional<JsonElement> element = payload.raw("location");
  const auto whole = element ? as_text(*element) : std::nullopt;
  if (whole && whole->size() > kMaxUrl && is_http_url(*whole)) {  // half a link leads elsewhere
    payload.warn("location");
    return std::nullopt;
  }
  return payload.text("location", kMaxUrl);
}

std::optional<std::string> nested_url(PayloadReader& payload, std::string_view object, std::string_view path,
                                      std::string_view field, Collector& out) {
  const std::optional<JsonElement> element = payload.raw(object);
  const auto fields = element ? as_object(*element) : std::nullopt;
  return fields ? PayloadReader(*fields, path, out.warnings()).url(field) : std::nullopt;
}

// Where the meeting is. CANCELLED, REJECTED and PAID know only the raw location, so they say nothing; in a
// seated booking later seats carry it raw again, so there it is not taken either. The link of a changed
// location is the location itself: metadata still holds the old one.
void read_places(PayloadReader& payload, Collector& out) {
  if (!out.from(kPictures | kInitiated)) return;
  const std::optional<std::string> location = read_location(payload);
  if (payload.is_null("location")) out.set(Detail::kLocation, Null{});
  if (location && !(out.seated() && is_raw_location(*location))) out.set(Detail::kLocation, *location);

  const bool is_link = location && is_http_url(*location);
  if (out.from(bit(Trigger::kBookingLocationUpdated)) && location && !is_raw_location(*location)) {
    if (!is_link) return out.set(Detail::kMeetingUrl, Null{});
    return out.set(Detail::kMeetingUrl, *location);
  }
  std::optional<std::string> url = nested_url(payload, "metadata", "payload.metadata", "videoCallUrl", out);
  if (!url) url = nested_url(payload, "videoCallData", "payload.videoCallData", "url", out);
  if (!url && is_link) url = location;
  out.set_if(Detail::kMeetingUrl, std::move(url));
}

void read_answers(PayloadReader& payload, Collector& out) {
  if (!out.from(kPictures) || out.seated()) return;
  if (payload.is_null("responses")) return out.set(Detail::kResponses, Null{});
  const std::optional<simdjson::dom::object> responses = payload.object("responses");
  if (!responses) return;
  std::string text = simplified_responses(*responses);
  if (text.size() <= kMaxJson)
    out.set(Detail::kResponses, JsonText{std::move(text)});
  else
    payload.warn("responses");
  if (std::optional<std::string> reason = answer_text(*responses, "rescheduleReason"))
    out.set(Detail::kRescheduleReason, std::string(cut_utf8(*reason, kMaxText)));
}

}  // namespace

bool is_booking_trigger(Trigger trigger) {
  return (bit(trigger) & kAll) != 0;
}

void read_details(PayloadReader& payload, Event& event) {
  Collector out(event);
  for (const Rule& rule : kPayloadRules) out.read(payload, rule);
  if (event.seated) out.read(payload, kSeatedDescription);
  if (const std::optional<JsonElement> organizer = payload.raw("organizer"))
    if (const std::optional<simdjson::dom::object> object = as_object(*organizer)) {
      PayloadReader fields(*object, "payload.organizer", event.warnings);
      for (const Rule& rule : kOrganizerRules) out.read(fields, rule);
      out.set_if(Detail::kOrganizerLocale, read_locale(fields));
    }
  if (const std::optional<JsonElement> team = payload.raw("team"))
    if (const std::optional<simdjson::dom::object> object = as_object(*team)) {
      PayloadReader fields(*object, "payload.team", event.warnings);
      out.read(fields, kTeamName);
    }
  read_places(payload, out);
  read_answers(payload, out);
  if (event.trigger == Trigger::kBookingPaid) out.set(Detail::kPaid, true);
  out.finish();
}

}  // namespace calcom
