// Shapes that older, newer or differently configured Cal.coms send, and what must never be taken from any.
#include <array>

#include "calcom_fixture.hpp"
#include "core/base/timestamp.hpp"
#include "core/booking/payload_reader.hpp"

namespace calcom {
namespace {

std::string body_of(std::string_view trigger, std::string_view payload) {
  return R"({"triggerEvent":")" + std::string(trigger) +
         R"(","createdAt":"2026-11-22T10:00:00.000Z","payload":)" + std::string(payload) + "}";
}

Parsed parse_as(std::string_view trigger, std::string_view payload) {
  return parse_event(body_of(trigger, payload));
}

constexpr std::array kBookingTriggers = {
    "BOOKING_CREATED",   "BOOKING_REQUESTED",        "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED", "BOOKING_REJECTED",         "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",      "BOOKING_LOCATION_UPDATED", "BOOKING_REASSIGNED"};

TEST(PayloadShapes, ABookingEventWithoutAUidIsDead) {
  for (const char* trigger : kBookingTriggers) {
    for (const char* payload : {R"({"title":"t"})", R"({"uid":""})", R"({"uid":7})", R"({"uid":null})"}) {
      const Parsed parsed = parse_as(trigger, payload);
      EXPECT_EQ(parsed.meaning, Meaning::kDead) << trigger << payload;
      EXPECT_NE(parsed.reason.find("uid"), std::string::npos) << trigger;
    }
    EXPECT_EQ(parse_as(trigger, R"({"uid":"u"})").meaning, Meaning::kMerge) << trigger;
  }
}

TEST(PayloadShapes, ABookingEventWithoutAPayloadComesFromATemplate) {
  for (const char* payload : {"null", "[]", "\"x\"", "1"}) {
    const Parsed parsed = parse_as("BOOKING_CREATED", payload);
    EXPECT_EQ(parsed.meaning, Meaning::kDead);
    EXPECT_NE(parsed.reason.find("template"), std::string::npos);
  }
  EXPECT_EQ(parse_event(R"({"triggerEvent":"BOOKING_CREATED","uid":"u"})").meaning, Meaning::kDead);
  EXPECT_EQ(parse_event(R"({"triggerEvent":{},"payload":{"uid":"u"}})").meaning, Meaning::kDead);
}

TEST(PayloadShapes, TheUidIsLookedForWhereEachEventPutsIt) {
  EXPECT_EQ(parse_as("BOOKING_NO_SHOW_UPDATED", R"({"bookingUid":"b"})").event.uid, "b");
  EXPECT_EQ(parse_as("WRONG_ASSIGNMENT_REPORT", R"({"booking":{"uid":"w"}})").event.uid, "w");
  EXPECT_EQ(parse_event(R"({"triggerEvent":"MEETING_STARTED","uid":"root"})").event.uid, "root");
  EXPECT_EQ(parse_as("MEETING_STARTED", R"({"uid":"inner"})").event.uid, "inner");
  EXPECT_EQ(parse_as("BOOKING_CREATED", R"({"bookingUid":"second","uid":"first"})").event.uid, "first");
}

TEST(PayloadShapes, EventsThatSpeakOfNoBookingAreIgnoredWithAReason) {
  for (const char* trigger :
       {"PING", "OOO_CREATED", "FORM_SUBMITTED", "FORM_SUBMITTED_NO_EVENT", "ROUTING_FORM_FALLBACK_HIT",
        "WRONG_ASSIGNMENT_REPORT", "INSTANT_MEETING", "INSTANT_MEETING_ACCEPTED",
        "DELEGATION_CREDENTIAL_ERROR", "BOOKING_TELEPORTED"}) {
    const Parsed parsed =
        parse_as(trigger, R"({"uid":"u","status":"CANCELLED","attendees":[{"email":"a@x"}]})");
    EXPECT_EQ(parsed.meaning, Meaning::kIgnore) << trigger;
    EXPECT_FALSE(parsed.reason.empty()) << trigger;
    EXPECT_EQ(parsed.event.uid, "u") << trigger;
    EXPECT_TRUE(parsed.event.details.empty() && parsed.event.attendees.empty()) << trigger;
  }
}

TEST(PayloadShapes, AMeetingRowOfAnOldVersionWithoutItsNameChangesNothing) {
  const std::string row =
      replaced(calcom_fixture("MEETING_ENDED-meeting2.json"), "\"triggerEvent\":\"MEETING_ENDED\",", "");
  const Parsed parsed = parse_event(row);
  EXPECT_EQ(parsed.meaning, Meaning::kIgnore);
  EXPECT_EQ(parsed.event.uid, "9rF8MBj2NQbakjdkW2bc2e");
}

TEST(PayloadShapes, HostsAreNeverAttendees) {
  const Event event =
      parse_as("BOOKING_CANCELLED",
               R"({"uid":"u","organizer":{"email":" Zoe@X.example "},"team":{"name":"T","members":[)"
               R"({"email":"CO@x.example"},{"email":"zoe@x.example"},{"name":"no address"}]},"attendees":[)"
               R"({"email":"co@X.example"},{"email":"Guest@X.example"},{"email":"ZOE@x.example"}]})")
          .event;
  EXPECT_EQ(event.host_emails, (std::vector<std::string>{"co@x.example", "zoe@x.example"}));
  ASSERT_EQ(event.attendees.size(), 1U);
  EXPECT_EQ(event.attendees[0].email, "guest@x.example");
  EXPECT_EQ(detail_of(event, Detail::kTeamName), Value(std::string("T")));
}

TEST(PayloadShapes, LanguageComesInThreeShapes) {
  const Event event =
      parse_as("BOOKING_CREATED",
               R"({"uid":"u","organizer":{"language":"de"},"attendees":[{"language":{"locale":"pl"}},)"
               R"({"language":"fr"},{"locale":"en"},{"language":null,"locale":"pt"},{"language":7}]})")
          .event;
  EXPECT_EQ(detail_of(event, Detail::kOrganizerLocale), Value(std::string("de")));
  ASSERT_EQ(event.attendees.size(), 5U);
  EXPECT_EQ(event.attendees[0].locale, "pl");
  EXPECT_EQ(event.attendees[1].locale, "fr");
  EXPECT_EQ(event.attendees[2].locale, "en");
  EXPECT_EQ(event.attendees[3].locale, "pt");
  EXPECT_EQ(event.attendees[4].locale, "");
}

TEST(PayloadShapes, DestinationCalendarMayBeAnything) {
  for (const char* calendar : {"null", "[]", R"({"integration":"google_calendar"})", R"([{"id":1}])"}) {
    const Parsed parsed = parse_as(
        "BOOKING_CREATED", R"({"uid":"u","title":"t","destinationCalendar":)" + std::string(calendar) + "}");
    EXPECT_EQ(parsed.meaning, Meaning::kMerge);
    EXPECT_TRUE(parsed.event.warnings.empty()) << calendar;
  }
}

TEST(PayloadShapes, ANameInPartsIsJoined) {
  const Event event =
      parse_as("BOOKING_CREATED", R"({"uid":"u","attendees":[{"firstName":"Ana","lastName":"Lima"},)"
                                  R"({"name":"","lastName":"Só"}]})")
          .event;
  EXPECT_EQ(event.attendees.at(0).name, "Ana Lima");
  EXPECT_EQ(event.attendees.at(1).name, "Só");
}

TEST(PayloadShapes, ASeatIdMakesASeatedBookingAndIsNobodysWhenAllAreListed) {
  const Event all =
      parse_as("BOOKING_CREATED", R"({"uid":"u","attendeeSeatId":"s","attendees":[{"email":"a@x"},)"
                                  R"({"email":"b@x"}]})")
          .event;
  EXPECT_TRUE(all.seated);
  EXPECT_EQ(all.attendees.at(0).seat_uid, "");
  const Event rows =
      parse_as("BOOKING_CANCELLED",
               R"({"uid":"u","attendees":[{"email":"a@x","bookingSeat":{"referenceUid":"r"}}]})")
          .event;
  EXPECT_TRUE(rows.seated);
  EXPECT_EQ(rows.attendees.at(0).seat_uid, "r");
}

TEST(PayloadShapes, OnlyWholePicturesClearByNull) {
  constexpr std::string_view kNulls =
      R"({"uid":"u","price":null,"title":null,"iCalUID":null,"seatsPerTimeSlot":null,"metadata":null})";
  EXPECT_EQ(detail_of(parse_as("BOOKING_CREATED", kNulls).event, Detail::kTitle), Value(Null{}));
  EXPECT_EQ(detail_of(parse_as("BOOKING_CREATED", kNulls).event, Detail::kMetadata), Value(Null{}));
  for (const char* trigger : {"BOOKING_CANCELLED", "BOOKING_REJECTED", "BOOKING_PAYMENT_INITIATED"})
    EXPECT_TRUE(parse_as(trigger, kNulls).event.details.empty()) << trigger;
}

TEST(PayloadShapes, TheMeetingLinkHasThreeSources) {
  const auto link = [](std::string_view payload) {
    const auto value = detail_of(parse_as("BOOKING_CREATED", payload).event, Detail::kMeetingUrl);
    return value ? std::get<std::string>(*value) : "none";
  };
  EXPECT_EQ(
      link(R"({"uid":"u","metadata":{"videoCallUrl":"https://m/1"},"videoCallData":{"url":"https://v/2"},)"
           R"("location":"https://l/3"})"),
      "https://m/1");
  EXPECT_EQ(
      link(R"({"uid":"u","metadata":{},"videoCallData":{"url":"https://v/2"},"location":"https://l/3"})"),
      "https://v/2");
  EXPECT_EQ(link(R"({"uid":"u","location":"https://l/3"})"), "https://l/3");
  EXPECT_EQ(link(R"({"uid":"u","location":"integrations:daily"})"), "none");
  EXPECT_EQ(link(R"({"uid":"u","metadata":{"videoCallUrl":"javascript:alert"}})"), "none");
}

TEST(PayloadShapes, SecretsNeverComeOut) {
  constexpr std::string_view kSecrets =
      R"({"uid":"u","oneTimePassword":"SECRET","videoCallData":{"password":"SECRET","url":"https://v/1"},)"
      R"("downloadLink":"https://SECRET","downloadLinks":{"recording":"https://SECRET"},)"
      R"("connectAndJoinUrl":"https://SECRET","attendees":[{"email":"a@x","oneTimePassword":"SECRET"}]})";
  for (const char* trigger : {"BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_PAID", "RECORDING_READY",
                              "RECORDING_TRANSCRIPTION_GENERATED", "INSTANT_MEETING", "BOOKING_TELEPORTED"}) {
    const Parsed parsed = parse_as(trigger, kSecrets);
    EXPECT_EQ(describe_json(parsed).find("SECRET"), std::string::npos) << trigger;
    EXPECT_EQ(extract_booking_json(parsed).find("SECRET"), std::string::npos) << trigger;
  }
}

TEST(PayloadShapes, AnUnknownVersionWithMoreFieldsIsTheSameBooking) {
  const Event newer = parse_fixture("BOOKING_CREATED-v2026-07-27-synth.json").event;
  EXPECT_TRUE(newer.warnings.empty());
  EXPECT_EQ(detail_of(newer, Detail::kTitle), Value(std::string("event_between_users")));
}

TEST(PayloadShapes, ABookingsOldCancelHasNoBookingId) {
  const std::string legacy =
      replaced(calcom_fixture("BOOKING_CANCELLED-chain4.json"), "\"bookingId\":3,", "");
  const Parsed parsed = parse_event(legacy);
  EXPECT_EQ(parsed.meaning, Meaning::kMerge);
  EXPECT_EQ(parsed.event.uid, "sF4ZcVM5XSKSzd1PZ89zbU");
  EXPECT_EQ(detail_of(parsed.event, Detail::kBookingId), std::nullopt);
}

TEST(PayloadShapes, AnOffsetOfTheServerIsTheSameInstant) {
  const Event event =
      parse_as("BOOKING_CANCELLED", R"({"uid":"u","startTime":"2026-11-25T12:30:00+05:30"})").event;
  EXPECT_EQ(detail_of(event, Detail::kStartTime),
            Value(Instant{parse_timestamp("2026-11-25T07:00:00Z").value()}));
}

}  // namespace
}  // namespace calcom
