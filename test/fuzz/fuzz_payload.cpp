// Any bytes at all: parse_event must come back, and what it says must be fit for PostgreSQL and consistent.
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "core/base/json_compose.hpp"
#include "core/base/json_read.hpp"
#include "core/booking/event.hpp"
#include "core/booking/payload_reader.hpp"
#include "require.hpp"

namespace {

using namespace calcom;

void require_text(const std::string& text) {
  REQUIRE(is_clean_text(text));
}

void require_json(const std::string& text) {
  JsonDocument document;
  REQUIRE(is_clean_text(text));
  REQUIRE(text.find("\\u0000") == std::string::npos || text.find("\\\\u0000") != std::string::npos);
  REQUIRE(document.read(text));
  REQUIRE(!document.repaired());
}

struct RequireValue {
  DetailType type;
  void operator()(Null) const {}
  void operator()(bool) const { REQUIRE(type == DetailType::kBoolean); }
  void operator()(std::int64_t) const { REQUIRE(type == DetailType::kBigint); }
  void operator()(const std::string& text) const {
    REQUIRE(type == DetailType::kText);
    REQUIRE(text.size() <= kMaxText);
    require_text(text);
  }
  void operator()(Instant) const { REQUIRE(type == DetailType::kTimestamptz); }
  void operator()(const JsonText& json) const {
    REQUIRE(type == DetailType::kJsonb);
    REQUIRE(json.text.size() <= kMaxJson);
    require_json(json.text);
  }
};

void require_event(const Event& event) {
  const Detail* last = nullptr;
  for (const auto& [detail, value] : event.details) {
    REQUIRE(last == nullptr || *last < detail);
    last = &detail;
    std::visit(RequireValue{info(detail).type}, value);
  }
  require_text(event.trigger_name);
  require_text(event.uid);
  require_text(event.status);
  require_text(event.reschedule_uid);
  for (const Person& person : event.attendees) {
    for (const std::string* text :
         {&person.email, &person.name, &person.time_zone, &person.locale, &person.phone, &person.seat_uid})
      require_text(*text);
    for (const std::string& host : event.host_emails) REQUIRE(person.email != host);
  }
  for (std::size_t i = 1; i < event.host_emails.size(); ++i)
    REQUIRE(event.host_emails[i - 1] < event.host_emails[i]);
  REQUIRE(event.attendees.empty() || event.carries_attendees);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  const Parsed parsed = parse_event(body);
  REQUIRE(parsed.reason.empty() == (parsed.meaning == Meaning::kMerge));
  REQUIRE(parsed.meaning != Meaning::kMerge || !parsed.event.uid.empty());
  REQUIRE(parsed.meaning == Meaning::kMerge || parsed.event.details.empty() || parsed.event.uid.empty());
  REQUIRE(parsed.event.warnings.size() <= kMaxWarnings);
  require_event(parsed.event);
  require_json(describe_json(parsed));
  require_json(extract_booking_json(parsed));
  REQUIRE(describe_json(parse_event(body)) == describe_json(parsed));

  // A byte order mark forces the repair path: it must say the same of clean JSON.
  if (JsonDocument document; document.read(body) && !document.repaired()) {
    JsonDocument repaired;
    REQUIRE(repaired.read("\xEF\xBB\xBF" + body));
    REQUIRE(compose_from(repaired.root()).dump() == compose_from(document.root()).dump());
  }
  return 0;
}
