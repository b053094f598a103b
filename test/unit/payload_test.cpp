// Every captured body says what it says and nothing else: meaning, trigger, uid, and what users see of it.
#include <array>

#include "calcom_fixture.hpp"
#include "core/base/timestamp.hpp"

namespace calcom {
namespace {

using enum Meaning;

struct Expected {
  const char* file;
  Meaning meaning;
  Trigger trigger;
  const char* uid;
};

constexpr std::array kExpected = std::to_array<Expected>({
    {"AFTER_HOSTS_CAL_VIDEO_NO_SHOW-test.json", kMerge, Trigger::kAfterHostsNoShow, "n5Wv3eHgconAED2j4gcVhP"},
    {"BOOKING_CANCELLED-chain4.json", kMerge, Trigger::kBookingCancelled, "sF4ZcVM5XSKSzd1PZ89zbU"},
    {"BOOKING_CANCELLED-recurring-one.json", kMerge, Trigger::kBookingCancelled, "uL9pZdbDMZFHVQqqzVH7TZ"},
    {"BOOKING_CANCELLED-reqresched2.json", kMerge, Trigger::kBookingCancelled, "1S9cCyeJCzAFZnMjRQPcSx"},
    {"BOOKING_CANCELLED-seat-attendee-unavailable-synth.json", kMerge, Trigger::kBookingCancelled,
     "8V1BBzR6JSpDgJbo8NoKNg"},
    {"BOOKING_CANCELLED-seats4-one-seat.json", kMerge, Trigger::kBookingCancelled, "8V1BBzR6JSpDgJbo8NoKNg"},
    {"BOOKING_CANCELLED-seats9-all.json", kMerge, Trigger::kBookingCancelled, "1DFmjyywynMwH7JDvuWewa"},
    {"BOOKING_CREATED-chain1.json", kMerge, Trigger::kBookingCreated, "rYebyg2Ux8HrNRFtE8YYCi"},
    {"BOOKING_CREATED-confirm2.json", kMerge, Trigger::kBookingCreated, "jXpmEZ4U6PxQeaL2FeTB7E"},
    {"BOOKING_CREATED-meeting1.json", kMerge, Trigger::kBookingCreated, "9rF8MBj2NQbakjdkW2bc2e"},
    {"BOOKING_CREATED-no-secret.json", kMerge, Trigger::kBookingCreated, "tiMiQGEX8saUYX1sbA4qFR"},
    {"BOOKING_CREATED-overlap-a.json", kMerge, Trigger::kBookingCreated, "heUsxW2hvbB3gZzGdBXqff"},
    {"BOOKING_CREATED-overlap-b.json", kMerge, Trigger::kBookingCreated, "heUsxW2hvbB3gZzGdBXqff"},
    {"BOOKING_CREATED-paid3.json", kMerge, Trigger::kBookingCreated, "eAz3oRmERRnSkgGc4BSsmP"},
    {"BOOKING_CREATED-phone-only.json", kMerge, Trigger::kBookingCreated, "85RHC56YCGaPuRYYZjBz8x"},
    {"BOOKING_CREATED-recurring1.json", kMerge, Trigger::kBookingCreated, "tT3EMvzAjo7SeudU9fyFVQ"},
    {"BOOKING_CREATED-recurring2.json", kMerge, Trigger::kBookingCreated, "dwTugvjjQDYt7JQp3F7bdk"},
    {"BOOKING_CREATED-recurring3.json", kMerge, Trigger::kBookingCreated, "uL9pZdbDMZFHVQqqzVH7TZ"},
    {"BOOKING_CREATED-reqresched1.json", kMerge, Trigger::kBookingCreated, "1S9cCyeJCzAFZnMjRQPcSx"},
    {"BOOKING_CREATED-seats1.json", kMerge, Trigger::kBookingCreated, "8V1BBzR6JSpDgJbo8NoKNg"},
    {"BOOKING_CREATED-seats2.json", kMerge, Trigger::kBookingCreated, "8V1BBzR6JSpDgJbo8NoKNg"},
    {"BOOKING_CREATED-seats3.json", kMerge, Trigger::kBookingCreated, "8V1BBzR6JSpDgJbo8NoKNg"},
    {"BOOKING_CREATED-split-name.json", kMerge, Trigger::kBookingCreated, "2LnZwnXbX3zUXKHHCeor6k"},
    {"BOOKING_CREATED-v2026-07-27-synth.json", kMerge, Trigger::kBookingCreated, "rYebyg2Ux8HrNRFtE8YYCi"},
    {"BOOKING_LOCATION_UPDATED-synth.json", kMerge, Trigger::kBookingLocationUpdated,
     "rYebyg2Ux8HrNRFtE8YYCi"},
    {"BOOKING_NO_SHOW_UPDATED-one.json", kMerge, Trigger::kBookingNoShowUpdated, "5vQFqxDFMjdgKGMijqtqRw"},
    {"BOOKING_PAID-paid2.json", kMerge, Trigger::kBookingPaid, "eAz3oRmERRnSkgGc4BSsmP"},
    {"BOOKING_PAYMENT_INITIATED-paid1.json", kMerge, Trigger::kBookingPaymentInitiated,
     "eAz3oRmERRnSkgGc4BSsmP"},
    {"BOOKING_REASSIGNED-synth.json", kMerge, Trigger::kBookingReassigned, "rYebyg2Ux8HrNRFtE8YYCi"},
    {"BOOKING_REJECTED-confirm4.json", kMerge, Trigger::kBookingRejected, "2pgrk84o6yrAWKyZgiLEA8"},
    {"BOOKING_REQUESTED-confirm1.json", kMerge, Trigger::kBookingRequested, "jXpmEZ4U6PxQeaL2FeTB7E"},
    {"BOOKING_REQUESTED-confirm3.json", kMerge, Trigger::kBookingRequested, "2pgrk84o6yrAWKyZgiLEA8"},
    {"BOOKING_REQUESTED-hosted-reschedule-synth.json", kMerge, Trigger::kBookingRequested,
     "go4oxEqymg19NuDnjFUfJD"},
    {"BOOKING_RESCHEDULED-chain2.json", kMerge, Trigger::kBookingRescheduled, "fNVRyZP6tt1tjU9vq3UVmY"},
    {"BOOKING_RESCHEDULED-chain3.json", kMerge, Trigger::kBookingRescheduled, "sF4ZcVM5XSKSzd1PZ89zbU"},
    {"BOOKING_RESCHEDULED-reqresched3.json", kMerge, Trigger::kBookingRescheduled, "4H9qw2yWFdxegEaox1uBms"},
    {"BOOKING_RESCHEDULED-seats5-attendee-to-empty-slot.json", kMerge, Trigger::kBookingRescheduled,
     "1fY5d1Ta27AY5N1N2Ti42p"},
    {"CALENDAR_ENTRY_REJECTED-synth.json", kIgnore, Trigger::kUnknown, "rYebyg2Ux8HrNRFtE8YYCi"},
    {"EDGE-attendees-empty.json", kMerge, Trigger::kBookingCreated, "edgeUid0000000000000A"},
    {"EDGE-bad-time.json", kMerge, Trigger::kBookingCreated, "edgeUid0000000000000A"},
    {"EDGE-bom.json", kMerge, Trigger::kBookingCreated, "edgeUid0000000000000A"},
    {"EDGE-empty.txt", kDead, Trigger::kNone, ""},
    {"EDGE-huge-number.json", kMerge, Trigger::kBookingCreated, "edgeUid0000000000000A"},
    {"EDGE-lone-surrogate.json", kMerge, Trigger::kBookingCreated, "edgeUid0000000000000A"},
    {"EDGE-nul-escape.json", kMerge, Trigger::kBookingCreated, "edgeUid0000000000000A"},
    {"EDGE-top-level-array.json", kDead, Trigger::kNone, ""},
    {"MEETING_ENDED-empty-payload-synth.json", kIgnore, Trigger::kMeetingEnded, ""},
    {"MEETING_ENDED-meeting2.json", kMerge, Trigger::kMeetingEnded, "9rF8MBj2NQbakjdkW2bc2e"},
    {"MEETING_STARTED-meeting3.json", kMerge, Trigger::kMeetingStarted, "9rF8MBj2NQbakjdkW2bc2e"},
    {"OOO_CREATED-synth.json", kIgnore, Trigger::kOutOfOfficeCreated, ""},
    {"PING-no-secret.json", kIgnore, Trigger::kPing, ""},
    {"PING.json", kIgnore, Trigger::kPing, ""},
    {"RECORDING_READY.json", kMerge, Trigger::kRecordingReady, "wLx3xGJwVdBn3gQSpZ8rTz"},
    {"TEMPLATE-broken-json-false.json", kDead, Trigger::kNone, ""},
    {"TEMPLATE-docs-example.json", kDead, Trigger::kNone, ""},
    {"TEMPLATE-form-urlencoded-1.txt", kDead, Trigger::kNone, ""},
    {"UNKNOWN_TRIGGER-synth.json", kIgnore, Trigger::kUnknown, "rYebyg2Ux8HrNRFtE8YYCi"},
    {"ZAPIER-flat.json", kDead, Trigger::kNone, "cdQTfHU8dKDPz4iGfSw17H"},
});

TEST(Payload, EveryFixtureMeansWhatItSays) {
  for (const Expected& expected : kExpected) {
    const Parsed parsed = parse_fixture(expected.file);
    EXPECT_EQ(parsed.meaning, expected.meaning) << expected.file << ": " << parsed.reason;
    EXPECT_EQ(parsed.event.trigger, expected.trigger) << expected.file;
    EXPECT_EQ(parsed.event.uid, expected.uid) << expected.file;
    EXPECT_EQ(parsed.reason.empty(), expected.meaning == kMerge) << expected.file;
  }
}

Value text(const char* value) {
  return Value(std::string(value));
}
Value at(std::string_view time) {
  return Instant{parse_timestamp(time).value()};
}

TEST(Payload, CreatedCarriesTheWholeBooking) {
  const Event event = parse_fixture("BOOKING_CREATED-chain1.json").event;
  EXPECT_EQ(event.created_at, parse_timestamp("2026-11-22T06:47:56.510Z"));
  EXPECT_EQ(event.status, "ACCEPTED");
  EXPECT_FALSE(event.seated);
  EXPECT_EQ(event.warnings, std::vector<std::string>{});
  EXPECT_EQ(event.host_emails, std::vector<std::string>{"zoe@studio.example"});
  ASSERT_EQ(event.attendees.size(), 2U);
  EXPECT_EQ(
      event.attendees[0],
      (Person{"lukasz+cal@example.com", "Łukasz 王小明 O'Brien", "America/St_Johns", "pl", "", "", {}}));
  EXPECT_EQ(event.attendees[1], (Person{"guest.one@example.com", "", "America/St_Johns", "en", "", "", {}}));

  EXPECT_EQ(detail_of(event, Detail::kTitle), text("event_between_users"));
  EXPECT_EQ(detail_of(event, Detail::kAdditionalNotes),
            text("Zeile 1\nZeile 2 \u2028 \"quoted\" \\ back\x07😀"));
  EXPECT_EQ(detail_of(event, Detail::kEventTypeSlug), text("consultation"));
  EXPECT_EQ(detail_of(event, Detail::kBookingId), Value(std::int64_t{1}));
  EXPECT_EQ(detail_of(event, Detail::kStartTime), at("2026-11-23T05:00:00Z"));
  EXPECT_EQ(detail_of(event, Detail::kLengthMinutes), Value(std::int64_t{30}));
  EXPECT_EQ(detail_of(event, Detail::kOrganizerName), text("Zoë Müller"));
  EXPECT_EQ(detail_of(event, Detail::kOrganizerLocale), text("en"));
  EXPECT_EQ(detail_of(event, Detail::kMeetingUrl),
            text("http://app.cal.local:3000/video/rYebyg2Ux8HrNRFtE8YYCi"));
  EXPECT_EQ(detail_of(event, Detail::kPrice), Value(std::int64_t{0}));
  EXPECT_EQ(detail_of(event, Detail::kSeatsPerTimeSlot), Value(Null{}));
  EXPECT_EQ(detail_of(event, Detail::kBookerUrl), text("http://app.cal.local:3000"));
  EXPECT_EQ(detail_of(event, Detail::kPaid), std::nullopt);
  EXPECT_EQ(detail_of(event, Detail::kMetadata),
            Value(JsonText{R"({"videoCallUrl":"http://app.cal.local:3000/video/rYebyg2Ux8HrNRFtE8YYCi",)"
                           R"("utm":"newsletter","orderId":"9007199254740993"})"}));
}

TEST(Payload, DetailsStandInTheirOrderAndOnce) {
  for (const Expected& expected : kExpected) {
    const Event event = parse_fixture(expected.file).event;
    for (std::size_t i = 1; i < event.details.size(); ++i)
      EXPECT_LT(event.details[i - 1].first, event.details[i].first) << expected.file;
  }
}

TEST(Payload, AnswersAreKeptWithoutHiddenAndEmptyOnes) {
  EXPECT_EQ(detail_of(parse_fixture("BOOKING_CREATED-phone-only.json").event, Detail::kResponses),
            Value(JsonText{R"({"name":{"label":"your_name","value":"सीता शर्मा"},)"
                           R"("attendeePhoneNumber":{"label":"phone_number","value":"+9779812345678"},)"
                           R"("location":{"label":"location","value":{"value":"+9779812345678",)"
                           R"("optionValue":""}}})"}));
}

TEST(Payload, PeopleWithoutEmailKeepTheirPhone) {
  const Event event = parse_fixture("BOOKING_CREATED-phone-only.json").event;
  ASSERT_EQ(event.attendees.size(), 1U);
  EXPECT_EQ(event.attendees[0].email, "9779812345678@sms.cal.com");
  EXPECT_EQ(event.attendees[0].phone, "+9779812345678");
}

TEST(Payload, ARescheduleNamesItsPredecessor) {
  const Event event = parse_fixture("BOOKING_RESCHEDULED-chain2.json").event;
  EXPECT_EQ(event.reschedule_uid, "rYebyg2Ux8HrNRFtE8YYCi");
  EXPECT_EQ(detail_of(event, Detail::kRescheduledBy), text("lukasz+cal@example.com"));
  EXPECT_EQ(detail_of(event, Detail::kRescheduleReason), text("Zug verpasst"));
}

TEST(Payload, AHostedRequestMayNameItsPredecessor) {
  const Event event = parse_fixture("BOOKING_REQUESTED-hosted-reschedule-synth.json").event;
  EXPECT_EQ(event.reschedule_uid, "jXpmEZ4U6PxQeaL2FeTB7E");
  EXPECT_EQ(detail_of(event, Detail::kRescheduledBy), text("req1@example.com"));
  EXPECT_EQ(detail_of(event, Detail::kPlatformCancelUrl), std::nullopt);  // sent as ""
}

TEST(Payload, CancelledSaysNothingAboutPlacesPricesAndAnswers) {
  const Event event = parse_fixture("BOOKING_CANCELLED-chain4.json").event;
  EXPECT_EQ(detail_of(event, Detail::kStartTime), at("2026-11-25T07:00:00Z"));
  EXPECT_EQ(detail_of(event, Detail::kCancellationReason), text("Krank 🤒"));
  EXPECT_EQ(detail_of(event, Detail::kCancelledBy), text("lukasz+cal@example.com"));
  EXPECT_EQ(detail_of(event, Detail::kIcalSequence), Value(std::int64_t{3}));
  for (const Detail detail : {Detail::kLocation, Detail::kMeetingUrl, Detail::kPrice, Detail::kResponses,
                              Detail::kMetadata, Detail::kBookerUrl, Detail::kSeatsPerTimeSlot})
    EXPECT_EQ(detail_of(event, detail), std::nullopt) << info(detail).column;
  EXPECT_FALSE(event.request_reschedule);
}

TEST(Payload, AHostMayAskToReschedule) {
  const Event event = parse_fixture("BOOKING_CANCELLED-reqresched2.json").event;
  EXPECT_TRUE(event.request_reschedule);
  EXPECT_EQ(detail_of(event, Detail::kCancellationReason), text("please_reschedule I am ill"));
}

TEST(Payload, SeatsAreOfTheOneWhoTookThem) {
  const Event event = parse_fixture("BOOKING_CREATED-seats2.json").event;
  EXPECT_TRUE(event.seated);
  ASSERT_EQ(event.attendees.size(), 1U);
  EXPECT_EQ(event.attendees[0].email, "bob@example.com");
  EXPECT_EQ(event.attendees[0].seat_uid, "7ba31a44-bd89-4f5d-ba3e-9f692dbf3193");
  EXPECT_EQ(detail_of(event, Detail::kSeatsPerTimeSlot), Value(std::int64_t{5}));
  // what one guest wrote is not for the others, and the raw location must not hide the first seat's link
  for (const Detail detail :
       {Detail::kResponses, Detail::kMetadata, Detail::kAdditionalNotes, Detail::kLocation})
    EXPECT_EQ(detail_of(event, detail), std::nullopt) << info(detail).column;
  EXPECT_EQ(detail_of(event, Detail::kMeetingUrl),
            text("http://app.cal.local:3000/video/8V1BBzR6JSpDgJbo8NoKNg"));
}

TEST(Payload, ACancelledSeatListsWhoLeaves) {
  const Event one = parse_fixture("BOOKING_CANCELLED-seats4-one-seat.json").event;
  EXPECT_TRUE(one.seated);
  ASSERT_EQ(one.attendees.size(), 1U);
  EXPECT_EQ(one.attendees[0], (Person{"bob@example.com", "Bob", "Asia/Kolkata", "en", "", "", false}));
  EXPECT_EQ(detail_of(one, Detail::kResponses), std::nullopt);  // they are another guest's

  const Event nobody = parse_fixture("BOOKING_CANCELLED-seat-attendee-unavailable-synth.json").event;
  ASSERT_EQ(nobody.attendees.size(), 1U);
  EXPECT_EQ(nobody.attendees[0].email, "");
}

TEST(Payload, PaymentIsBelievedFromPaidOnly) {
  const Event initiated = parse_fixture("BOOKING_PAYMENT_INITIATED-paid1.json").event;
  EXPECT_EQ(detail_of(initiated, Detail::kPaid), std::nullopt);
  EXPECT_EQ(detail_of(initiated, Detail::kPaymentId), Value(std::int64_t{1}));
  EXPECT_EQ(detail_of(initiated, Detail::kPrice), Value(std::int64_t{100}));
  const Event paid = parse_fixture("BOOKING_PAID-paid2.json").event;
  EXPECT_EQ(detail_of(paid, Detail::kPaid), Value(true));
  EXPECT_EQ(detail_of(paid, Detail::kMetadata), std::nullopt);  // the payment provider's data
  EXPECT_EQ(detail_of(paid, Detail::kLocation), std::nullopt);
}

TEST(Payload, AChangedLocationIsTheNewLink) {
  const std::string body = calcom_fixture("BOOKING_LOCATION_UPDATED-synth.json");
  EXPECT_EQ(detail_of(parse_event(body).event, Detail::kMeetingUrl),
            text("https://meet.google.com/xyz-abcd-efg"));
  const std::string moved = replaced(body, "https://meet.google.com/xyz-abcd-efg", "Rua Augusta 100");
  EXPECT_EQ(detail_of(parse_event(moved).event, Detail::kMeetingUrl), Value(Null{}));
  EXPECT_EQ(detail_of(parse_event(moved).event, Detail::kLocation), text("Rua Augusta 100"));
}

TEST(Payload, RejectedTellsWhy) {
  const Event event = parse_fixture("BOOKING_REJECTED-confirm4.json").event;
  EXPECT_EQ(detail_of(event, Detail::kRejectionReason), text("Kein Platz mehr"));
  EXPECT_EQ(detail_of(event, Detail::kLocation), std::nullopt);
}

TEST(Payload, RecurringBookingsCarryTheirRule) {
  EXPECT_EQ(detail_of(parse_fixture("BOOKING_CREATED-recurring1.json").event, Detail::kRecurringEvent),
            Value(JsonText{R"({"freq":2,"count":3,"interval":1})"}));
}

TEST(Payload, NotesAboutABookingCarryNoDetails) {
  for (const char* file : {"MEETING_ENDED-meeting2.json", "MEETING_STARTED-meeting3.json",
                           "RECORDING_READY.json", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW-test.json"}) {
    const Event event = parse_fixture(file).event;
    EXPECT_TRUE(event.details.empty()) << file;
    EXPECT_FALSE(event.carries_attendees) << file;
    EXPECT_EQ(event.status, "") << file;
  }
  // createdAt of the flat row is when the booking was made, not when the event was sent
  EXPECT_EQ(parse_fixture("MEETING_ENDED-meeting2.json").event.created_at, std::nullopt);
}

TEST(Payload, NoShowNamesWhoDidNotCome) {
  const Event event = parse_fixture("BOOKING_NO_SHOW_UPDATED-one.json").event;
  ASSERT_TRUE(event.carries_attendees);
  EXPECT_EQ(event.attendees[0], (Person{"larry@example.com", "", "", "", "", "", true}));
  EXPECT_TRUE(event.details.empty());
}

TEST(Payload, DeadBodiesSayWhatToDo) {
  const auto reason = [](const char* file) { return parse_fixture(file).reason; };
  EXPECT_NE(reason("TEMPLATE-docs-example.json").find("clear the custom payload template"),
            std::string::npos);
  EXPECT_NE(reason("TEMPLATE-form-urlencoded-1.txt").find("clear the custom payload template"),
            std::string::npos);
  EXPECT_NE(reason("TEMPLATE-broken-json-false.json").find("clear the template"), std::string::npos);
  EXPECT_NE(reason("EDGE-top-level-array.json").find("clear the custom payload template"), std::string::npos);
  EXPECT_NE(reason("ZAPIER-flat.json").find("instead of the Zapier app"), std::string::npos);
  EXPECT_EQ(reason("EDGE-empty.txt"), "the body is empty");
}

TEST(Payload, ImpossibleTimesAndNumbersAreLeftOutAndNamed) {
  const Event time = parse_fixture("EDGE-bad-time.json").event;
  EXPECT_EQ(detail_of(time, Detail::kStartTime), std::nullopt);
  EXPECT_EQ(detail_of(time, Detail::kEndTime), at("2026-12-01T10:30:00Z"));
  EXPECT_EQ(time.warnings, std::vector<std::string>{"payload.startTime"});
  const Event number = parse_fixture("EDGE-huge-number.json").event;
  EXPECT_EQ(detail_of(number, Detail::kBookingId), std::nullopt);
  EXPECT_EQ(number.warnings.back(), "payload.bookingId");
}

TEST(Payload, DamagedTextIsReplacedNotRefused) {
  EXPECT_EQ(parse_fixture("EDGE-lone-surrogate.json").event.attendees.at(0).name, "A\uFFFD");
  EXPECT_EQ(parse_fixture("EDGE-nul-escape.json").event.attendees.at(0).name, "A\uFFFDB");
}

}  // namespace
}  // namespace calcom
