// What each of Cal.com's words does to a booking, one sentence a test. Order never matters here: every story
// is also merged backwards and must end the same.
#include <gtest/gtest.h>

#include "merge_story.hpp"

namespace calcom::test {
namespace {

TEST(Merge, ACreatedBookingIsAcceptedAndListsItsPeople) {
  const Booking a = heard("A", {created("A", 1).of({"ana", "guest"}).starts(5)});
  EXPECT_EQ(a.status, Step::kAccepted);
  EXPECT_EQ(people_of(a), "ana guest");
  EXPECT_EQ(a.attendee_email, "ana@example.com");
  EXPECT_EQ(a.attendee_time_zone, "Asia/Kolkata");
  EXPECT_EQ(a.created_at, minute(1));
  EXPECT_EQ(detail_of(a, Detail::kStartTime), Value(Instant{day(5)}));
}

TEST(Merge, ARequestIsPendingUntilItIsConfirmedOrRejected) {
  const Event request = requested("A", 1).of({"ana"});
  EXPECT_EQ(heard("A", {request}).status, Step::kPending);
  EXPECT_EQ(heard("A", {request, created("A", 2).of({"ana"})}).status, Step::kAccepted);
  EXPECT_EQ(heard("A", {request, rejected("A", 2).of({"ana"})}).status, Step::kRejected);
}

TEST(Merge, ACreatedWhoseBodySaysPendingIsPending) {
  EXPECT_EQ(heard("A", {EventBuilder(Trigger::kBookingCreated, "A", 1, "PENDING").of({"ana"})}).status,
            Step::kPending);
}

TEST(Merge, APaymentInitiatedIsPendingWhateverItsStatusSays) {
  const Booking a = heard("A", {payment_initiated("A", 1).of({"ana"})});
  EXPECT_EQ(a.status, Step::kPending);
  EXPECT_EQ(people_of(a), "ana");
}

TEST(Merge, APaidBookingIsAcceptedOnlyIfItsStatusSaysSo) {
  const Event begun = payment_initiated("A", 1).of({"ana"});
  EXPECT_EQ(heard("A", {begun, paid("A", 2, "ACCEPTED")}).status, Step::kAccepted);
  EXPECT_EQ(heard("A", {begun, paid("A", 2, "PENDING")}).status, Step::kPending);
  EXPECT_EQ(heard("A", {begun, paid("A", 2, "")}).status, Step::kPending);
}

TEST(Merge, CancelledRejectedAndPaidNeverAddAnybody) {
  const Booking a =
      heard("A", {created("A", 1).of({"ana"}), cancelled("A", 2).of({"ana", "colleague"}),
                  rejected("A", 3).of({"colleague"}), paid("A", 4, "ACCEPTED").of({"colleague"})});
  EXPECT_EQ(people_of(a), "ana");
}

TEST(Merge, TheFurthestStepWinsWhateverComesLater) {
  EXPECT_EQ(heard("A", {cancelled("A", 1), created("A", 9).of({"ana"})}).status, Step::kCancelled);
  EXPECT_EQ(heard("A", {cancelled("A", 1), rejected("A", 9)}).status, Step::kCancelled);
}

TEST(Merge, AReschedulePutsANewBookingInThePlaceOfTheOldOne) {
  const std::vector<Event> events = {created("A", 1).of({"ana"}).starts(5),
                                     rescheduled("B", "A", 2).of({"ana"}).starts(6)};
  const Booking a = heard("A", events), b = heard("B", events);
  EXPECT_EQ(a.status, Step::kRescheduled);
  EXPECT_EQ(a.rescheduled_to_uid, "B");
  EXPECT_EQ(b.status, Step::kAccepted);
  EXPECT_EQ(b.rescheduled_from_uid, "A");
  EXPECT_EQ(b.root_uid, "A");
}

TEST(Merge, ALateCreatedFillsARescheduledPlaceholderWithoutRevivingIt) {
  const Event move = rescheduled("B", "A", 2).of({"ana"});
  EXPECT_EQ(heard("A", {move}).status, Step::kRescheduled);
  const Booking a = heard("A", {move, created("A", 1).of({"ana"}).with(Detail::kTitle, "Intro")});
  EXPECT_EQ(a.status, Step::kRescheduled);
  EXPECT_EQ(detail_of(a, Detail::kTitle), Value("Intro"));
  EXPECT_EQ(people_of(a), "ana");
}

TEST(Merge, ARequestThatNamesItsPredecessorReplacesItWhilePending) {
  const std::vector<Event> events = {created("A", 1).of({"ana"}),
                                     requested("B", 2).of({"ana"}).instead_of("A")};
  EXPECT_EQ(heard("A", events).status, Step::kRescheduled);
  EXPECT_EQ(heard("B", events).status, Step::kPending);
}

TEST(Merge, ARescheduleOfACancelledBookingIsRescheduled) {
  const std::vector<Event> events = {created("A", 1).of({"ana"}),
                                     cancelled("A", 2).of({"ana"}).asks_to_reschedule(),
                                     rescheduled("B", "A", 3).of({"ana"})};
  EXPECT_EQ(heard("A", events).status, Step::kRescheduled);
  EXPECT_EQ(heard("B", events).status, Step::kAccepted);
}

TEST(Merge, ARescheduleOntoTheSameUidMovesTheBookingInPlace) {
  const Booking a =
      heard("A", {created("A", 1).of({"ana"}).starts(5), rescheduled("A", "A", 2).of({"ana"}).starts(6)});
  EXPECT_EQ(a.status, Step::kAccepted);
  EXPECT_TRUE(a.moved_in_place);
  EXPECT_EQ(detail_of(a, Detail::kStartTime), Value(Instant{day(6)}));
  EXPECT_EQ(a.rescheduled_from_uid, "");
  EXPECT_EQ(a.root_uid, "A");
}

TEST(Merge, AbsentLeavesAValueAndNullClearsIt) {
  const Event first = created("A", 1).with(Detail::kLocation, "Room 1").with(Detail::kTitle, "Intro");
  const Booking a = heard(
      "A",
      {first,
       EventBuilder(Trigger::kBookingLocationUpdated, "A", 2, "ACCEPTED").with(Detail::kLocation, Null{})});
  EXPECT_EQ(detail_of(a, Detail::kLocation), Value(Null{}));
  EXPECT_EQ(detail_of(a, Detail::kTitle), Value("Intro"));
}

TEST(Merge, TheNullPriceOfACancelBodyClearsNothing) {
  const Booking a = heard("A", {created("A", 1).with(Detail::kPrice, std::int64_t{0}),
                                cancelled("A", 2).with(Detail::kPrice, Null{})});
  EXPECT_EQ(detail_of(a, Detail::kPrice), Value(std::int64_t{0}));
}

TEST(Merge, AtTheSameInstantTheLaterStageOfLifeWritesTheDetails) {
  const Booking a = heard("A", {created("A", 1).with(Detail::kLocation, "resolved"),
                                requested("A", 1).with(Detail::kLocation, "raw")});
  EXPECT_EQ(detail_of(a, Detail::kLocation), Value("resolved"));
}

TEST(Merge, ANoShowIsKeptPerPersonAndTheNewestWordCounts) {
  const std::vector<Event> events = {created("A", 1).of({"ana", "bob"}), no_show("A", 2, "ana", true),
                                     no_show("A", 3, "ana", false), no_show("A", 4, "ana", true)};
  const Booking a = heard("A", events);
  EXPECT_EQ(a.attendees.at(0).person.no_show, true);
  EXPECT_EQ(a.attendees.at(1).person.no_show, std::nullopt);
  EXPECT_EQ(a.status, Step::kAccepted);
}

TEST(Merge, ANoShowOfAnUnknownBookingWaitsForItsPersonAndAddsNobody) {
  EXPECT_EQ(people_of(heard("A", {no_show("A", 2, "ana", true)})), "");
  EXPECT_EQ(status_of("A", {no_show("A", 2, "ana", true)}), "placeholder");
  EXPECT_EQ(
      heard("A", {no_show("A", 2, "ana", true), created("A", 1).of({"ana"})}).attendees.at(0).person.no_show,
      true);
}

TEST(Merge, LocationAndReassignmentChangeDetailsAndHostsButAddNobody) {
  const Event moved = EventBuilder(Trigger::kBookingReassigned, "A", 2, "ACCEPTED")
                          .of({"ana", "second"})
                          .hosted_by("newhost")
                          .with(Detail::kOrganizerEmail, "newhost@example.com");
  const Booking a = heard("A", {created("A", 1).of({"ana", "newhost"}).hosted_by("oldhost"), moved});
  EXPECT_EQ(people_of(a), "ana");
  EXPECT_EQ(detail_of(a, Detail::kOrganizerEmail), Value("newhost@example.com"));
  EXPECT_EQ(status_of("A", {moved}), "accepted");
  EXPECT_EQ(status_of("A", {EventBuilder(Trigger::kBookingLocationUpdated, "A", 2, "")}), "placeholder");
}

TEST(Merge, HostsAreNeverAttendeesWheneverTheyBecomeKnown) {
  const Booking a =
      heard("A", {created("A", 2).of({"ana", "cohost"}), requested("A", 1).of({"ana"}).hosted_by("cohost")});
  EXPECT_EQ(people_of(a), "ana");
}

TEST(Merge, AHostIsNotShownAsTheBooker) {
  EXPECT_EQ(
      heard("A", {created("A", 1).of({"zoe", "ana"}), paid("A", 2, "").hosted_by("zoe")}).attendee_email, "");
}

TEST(Merge, MeetingsRecordingsAndStrangersTouchNothing) {
  for (const Trigger trigger :
       {Trigger::kMeetingStarted, Trigger::kMeetingEnded, Trigger::kRecordingReady,
        Trigger::kRecordingTranscriptionGenerated, Trigger::kAfterHostsNoShow, Trigger::kAfterGuestsNoShow,
        Trigger::kInstantMeeting, Trigger::kInstantMeetingAccepted, Trigger::kPing, Trigger::kUnknown,
        Trigger::kNone, Trigger::kOutOfOfficeCreated, Trigger::kWrongAssignmentReport}) {
    const Event event = EventBuilder(trigger, "A", 1, "CANCELLED").of({"ana"}).instead_of("B");
    EXPECT_TRUE(touched_uids(event).empty());
    EXPECT_TRUE(facts_of({event}).empty());
  }
}

TEST(Merge, AnEventWithoutAUidTouchesNothing) {
  EXPECT_TRUE(touched_uids(rescheduled("", "A", 1)).empty());
  EXPECT_FALSE(links(rescheduled("", "A", 1)));
  EXPECT_TRUE(facts_of({rescheduled("", "A", 1)}).empty());
}

TEST(Merge, TouchedUidsAreSortedAndNameThePredecessor) {
  EXPECT_EQ(touched_uids(rescheduled("B", "A", 1)), (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(touched_uids(rescheduled("A", "A", 1)), (std::vector<std::string>{"A"}));
  EXPECT_EQ(touched_uids(cancelled("A", 1).instead_of("B")), (std::vector<std::string>{"A"}));
  EXPECT_TRUE(links(rescheduled("B", "A", 1)));
  EXPECT_TRUE(links(requested("B", 1).instead_of("A")));
  EXPECT_FALSE(links(rescheduled("A", "A", 1)));
}

TEST(Merge, TheStampIsTheTimeOfSendingButNeverFarInTheFuture) {
  const Micros received = minute(10);
  EXPECT_EQ(stamp_at(created("A", 3), received), minute(3));
  EXPECT_EQ(stamp_at(created("A", 12), received), minute(12));
  EXPECT_EQ(stamp_at(created("A", 600), received), minute(15));
  EXPECT_EQ(stamp_at(Event{}, received), received);
}

TEST(Merge, TheBookerIsTheFirstPersonOfTheOldestList) {
  const Booking a = heard("A", {created("A", 3).of({"zoe", "ana"}), requested("A", 1).of({"ana"}),
                                cancelled("A", 0).of({"eve"})});
  EXPECT_EQ(a.attendee_email, "ana@example.com");
  EXPECT_EQ(a.attendee_name, "ana");
}

}  // namespace
}  // namespace calcom::test
