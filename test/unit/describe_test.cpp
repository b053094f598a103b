// What calcom_parse_payload and calcom_extract_booking show is fixed to the key.
#include "calcom_fixture.hpp"

namespace calcom {
namespace {

TEST(Describe, TellsTheWholeEventInAFixedOrder) {
  EXPECT_EQ(describe_json(parse_fixture("BOOKING_NO_SHOW_UPDATED-one.json")),
            R"({"trigger":"BOOKING_NO_SHOW_UPDATED","meaning":"merge","reason":null,)"
            R"("uid":"5vQFqxDFMjdgKGMijqtqRw","created_at":"2026-11-22T06:47:57.736Z","status":null,)"
            R"("seated":false,"reschedule_uid":null,"request_reschedule":false,"details":{},)"
            R"("attendees":[{"email":"larry@example.com","name":null,"time_zone":null,"locale":null,)"
            R"("phone":null,"seat_uid":null,"no_show":true}],"host_emails":[],"warnings":[]})");
}

TEST(Describe, TellsWhyABodyIsDead) {
  EXPECT_EQ(describe_json(parse_event("")),
            R"({"trigger":null,"meaning":"dead","reason":"the body is empty","uid":null,"created_at":null,)"
            R"("status":null,"seated":false,"reschedule_uid":null,"request_reschedule":false,"details":{},)"
            R"("attendees":null,"host_emails":[],"warnings":[]})");
}

TEST(Describe, ExtractsTheColumnsOfABooking) {
  EXPECT_EQ(extract_booking_json(parse_fixture("BOOKING_CANCELLED-reqresched2.json")),
            R"({"uid":"1S9cCyeJCzAFZnMjRQPcSx","status":"cancelled","attendee_name":"Paul",)"
            R"("attendee_email":"paul@example.com","attendee_time_zone":"Asia/Kolkata",)"
            R"("rescheduled_from_uid":null,"title":"event_between_users","event_type_slug":"consultation",)"
            R"("event_type_id":1,"event_title":"Test Event Type - 1","booking_id":1,)"
            R"("start_time":"2026-11-23T05:00:00Z","end_time":"2026-11-23T05:30:00Z","length_minutes":30,)"
            R"("organizer_name":"Zoë Müller","organizer_email":"zoe@studio.example",)"
            R"("organizer_time_zone":"Asia/Kolkata","organizer_locale":"en",)"
            R"("cancellation_reason":"please_reschedule I am ill","cancelled_by":"zoe@studio.example",)"
            R"("ical_uid":"MOCKED_GOOGLE_CALENDAR_ICS_ID","ical_sequence":1,"attendees":[)"
            R"({"email":"paul@example.com","name":"Paul","time_zone":"Asia/Kolkata","locale":"en",)"
            R"("phone":null,"seat_uid":null,"no_show":null}]})");
}

TEST(Describe, EmbedsJsonDetailsAsJson) {
  const std::string json = extract_booking_json(parse_fixture("BOOKING_CREATED-recurring1.json"));
  EXPECT_NE(json.find(R"("recurring_event":{"freq":2,"count":3,"interval":1})"), std::string::npos);
}

TEST(Describe, ExtractsNothingFromWhatChangesNoBooking) {
  EXPECT_EQ(extract_booking_json(parse_fixture("PING.json")), "{}");
  EXPECT_EQ(extract_booking_json(parse_fixture("TEMPLATE-docs-example.json")), "{}");
}

TEST(Describe, GivesTheStatusOfTheEvent) {
  const auto status = [](const char* file) {
    const std::string json = extract_booking_json(parse_fixture(file));
    const std::size_t at = json.find("\"status\":");
    return json.substr(at + 9, json.find(',', at) - at - 9);
  };
  EXPECT_EQ(status("BOOKING_CREATED-chain1.json"), "\"accepted\"");
  EXPECT_EQ(status("BOOKING_REQUESTED-confirm1.json"), "\"pending\"");
  EXPECT_EQ(status("BOOKING_PAYMENT_INITIATED-paid1.json"), "\"pending\"");
  EXPECT_EQ(status("BOOKING_REJECTED-confirm4.json"), "\"rejected\"");
  EXPECT_EQ(status("MEETING_ENDED-meeting2.json"), "null");
}

}  // namespace
}  // namespace calcom
