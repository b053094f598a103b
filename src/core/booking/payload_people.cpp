// See payload_people.hpp.
#include "core/booking/payload_people.hpp"

#include <algorithm>

namespace calcom {

namespace {

std::string read_name(PayloadReader& person) {
  std::string name = person.text("name", kMaxLine).value_or("");
  if (!name.empty()) return name;
  const std::string first = person.text("firstName", kMaxLine).value_or("");
  const std::string last = person.text("lastName", kMaxLine).value_or("");
  return first + (first.empty() || last.empty() ? "" : " ") + last;
}

// Raw database rows may carry the seat as bookingSeat {referenceUid}.
std::string read_seat_uid(PayloadReader& person) {
  const std::optional<simdjson::dom::object> seat = person.object("bookingSeat");
  if (!seat) return {};
  return PayloadReader(*seat, "attendee.bookingSeat", person.warnings()).id("referenceUid").value_or("");
}

Person read_person(PayloadReader& fields) {
  Person person;
  person.email = fields.email("email").value_or("");
  person.name = read_name(fields);
  person.time_zone = fields.id("timeZone").value_or("");
  person.locale = read_locale(fields).value_or("");
  person.phone = fields.id("phoneNumber").value_or("");
  person.seat_uid = read_seat_uid(fields);
  person.no_show = fields.boolean("noShow");
  return person;
}

bool is_host(const Event& event, const std::string& email) {
  return std::binary_search(event.host_emails.begin(), event.host_emails.end(), email);
}

// Calls `use` with a reader for each object of a list; anything else in it is warned of.
template <typename Use>
void each_person(simdjson::dom::array list, std::string_view path, Event& event, Use use) {
  std::size_t index = 0;
  for (const JsonElement element : list) {
    if (const std::optional<simdjson::dom::object> object = as_object(element)) {
      PayloadReader person(*object, path, event.warnings, index);
      use(person);
    } else {
      add_warning(event.warnings, std::string(path) + "[" + std::to_string(index) + "]");
    }
    ++index;
  }
}

void add_host(PayloadReader& person, Event& event) {
  if (std::optional<std::string> email = person.email("email"))
    event.host_emails.push_back(std::move(*email));
}

}  // namespace

std::optional<std::string> read_locale(PayloadReader& person) {
  const std::optional<JsonElement> language = person.raw("language");
  if (!language || language->is_null()) return person.id("locale");
  if (language->is_string()) return person.id("language");
  const std::optional<simdjson::dom::object> object = person.object("language");
  if (!object) return std::nullopt;
  return PayloadReader(*object, "language", person.warnings()).id("locale");
}

void read_hosts(PayloadReader& payload, Event& event) {
  if (const std::optional<simdjson::dom::object> organizer = payload.object("organizer")) {
    PayloadReader person(*organizer, "payload.organizer", event.warnings);
    add_host(person, event);
  }
  if (const std::optional<simdjson::dom::object> team = payload.object("team")) {
    PayloadReader fields(*team, "payload.team", event.warnings);
    if (const std::optional<simdjson::dom::array> members = fields.array("members"))
      each_person(*members, "payload.team.members", event,
                  [&](PayloadReader& person) { add_host(person, event); });
  }
  std::sort(event.host_emails.begin(), event.host_emails.end());
  event.host_emails.erase(std::unique(event.host_emails.begin(), event.host_emails.end()),
                          event.host_emails.end());
}

void read_attendees(PayloadReader& payload, Event& event) {
  const std::optional<simdjson::dom::array> list = payload.array("attendees");
  if (!list) return;
  event.carries_attendees = true;
  each_person(*list, "payload.attendees", event, [&](PayloadReader& fields) {
    Person person = read_person(fields);
    if (person.email.empty() || !is_host(event, person.email)) event.attendees.push_back(std::move(person));
  });
  // The event's own seat id is of the one who took the seat; where old versions list everybody, whose it is
  // cannot be known.
  const std::optional<std::string> seat = payload.id("attendeeSeatId");
  if (seat && event.attendees.size() == 1) event.attendees.front().seat_uid = *seat;
}

}  // namespace calcom
