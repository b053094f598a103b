// Seats: one uid, many people who come and go, and events that may arrive before it is known that there are
// seats at all. Every sequence is also merged backwards.
#include <gtest/gtest.h>

#include "merge_story.hpp"

namespace calcom::test {
namespace {

EventBuilder seat_of(std::string_view name, std::string_view uid, int at) {
  return created(uid, at).of({name}).seat("seat-" + std::string(name));
}

std::vector<Event> two_seats() {
  return {seat_of("ana", "A", 1), seat_of("bob", "A", 2)};
}

std::vector<Event> operator+(std::vector<Event> events, const Event& more) {
  events.push_back(more);
  return events;
}

TEST(Seats, EachCreatedAddsItsOwnPerson) {
  const Booking a = heard("A", two_seats());
  EXPECT_TRUE(a.seated);
  EXPECT_EQ(people_of(a), "ana bob");
  EXPECT_EQ(a.attendees.at(1).stage, "seat-bob");
  EXPECT_EQ(a.attendees.at(1).person.seat_uid, "seat-bob");
  EXPECT_EQ(a.attendee_email, "");
}

TEST(Seats, OneCancelledSeatLeavesTheBookingToTheOthers) {
  const Booking a = heard("A", two_seats() + cancelled("A", 3).of({"bob"}).seated());
  EXPECT_EQ(a.status, Step::kAccepted);
  EXPECT_EQ(people_of(a), "ana");
  EXPECT_EQ(people_of(a, true), "bob");
  EXPECT_EQ(a.attendees.at(1).removed_at, minute(3));
}

TEST(Seats, ACancelOfEverybodyCancelsTheBooking) {
  EXPECT_EQ(heard("A", two_seats() + cancelled("A", 3).of({"ana", "bob"})).status, Step::kCancelled);
}

TEST(Seats, ACancelThatNamesNobodyCancelsNothing) {
  EXPECT_EQ(heard("A", two_seats() + cancelled("A", 3).of({""}).seated()).status, Step::kAccepted);
}

TEST(Seats, AnOlderSeatHeardLaterBringsTheBookingBack) {
  const std::vector<Event> events = {seat_of("bob", "A", 2), cancelled("A", 3).of({"bob"})};
  EXPECT_EQ(heard("A", events).status, Step::kCancelled);
  EXPECT_EQ(heard("A", events + seat_of("ana", "A", 1)).status, Step::kAccepted);
}

TEST(Seats, ACancelHeardBeforeTheSeatsAreKnownComesOutRight) {
  const Event cancel = cancelled("A", 3).of({"bob"});  // does not say that there are seats
  EXPECT_EQ(heard("A", {cancel}).status, Step::kCancelled);
  EXPECT_EQ(heard("A", {cancel, seat_of("ana", "A", 1)}).status, Step::kAccepted);
}

TEST(Seats, WhoBooksAgainAfterACancelIsBack) {
  const Booking a = heard(
      "A", two_seats() + cancelled("A", 3).of({"bob"}) + created("A", 4).of({"bob"}).seat("second-stay"));
  EXPECT_EQ(people_of(a), "ana bob");
  EXPECT_EQ(a.attendees.at(1).stage, "second-stay");
}

TEST(Seats, AtTheSameInstantACancelBeatsACreated) {
  EXPECT_EQ(people_of(heard("A", two_seats() + cancelled("A", 2).of({"bob"}))), "ana");
}

TEST(Seats, AtTheSameStampAnEndBeatsABeginning) {
  const Stamp stamp{minute(1), 0, 0};
  FactsByUid facts;
  merge_event(facts, seat_of("ana", "A", 1), stamp);
  merge_event(facts, cancelled("A", 1).of({"ana"}), stamp);
  EXPECT_EQ(people_of(project_chain(facts).at("A"), true), "ana");
}

TEST(Seats, AMovedPersonLeavesTheOldSlotToTheOthers) {
  const auto events = two_seats() + rescheduled("B", "A", 3).of({"bob"}).seat("new-seat");
  const Booking a = heard("A", events), b = heard("B", events);
  EXPECT_EQ(a.status, Step::kAccepted);
  EXPECT_EQ(people_of(a), "ana");
  EXPECT_TRUE(a.attendees.at(1).moved_away);
  EXPECT_EQ(a.rescheduled_to_uid, "");
  EXPECT_EQ(b.status, Step::kAccepted);
  EXPECT_EQ(people_of(b), "bob");
  EXPECT_TRUE(b.attendees.at(0).moved_here);
  EXPECT_EQ(b.root_uid, "A");
}

TEST(Seats, AMoveFromAnUnknownSlotLeavesAPlaceholder) {
  const Event move = rescheduled("B", "A", 3).of({"bob"}).seat("new-seat");
  EXPECT_EQ(heard("A", {move}).status, Step::kPlaceholder);
  EXPECT_EQ(heard("A", {move, seat_of("ana", "A", 1)}).status, Step::kAccepted);
}

TEST(Seats, WhenTheLastPersonMovesAwayTheOldSlotIsCancelled) {
  const Booking a = heard("A", {seat_of("bob", "A", 2), rescheduled("B", "A", 3).of({"bob"}).seated()});
  EXPECT_EQ(a.status, Step::kCancelled);
  EXPECT_EQ(a.rescheduled_to_uid, "B");
}

TEST(Seats, WhoMovesAwayAndBackIsThereAgain) {
  const auto events = two_seats() + rescheduled("B", "A", 3).of({"bob"}).seated() +
                      rescheduled("A", "B", 4).of({"bob"}).seated();
  EXPECT_EQ(people_of(heard("A", events)), "ana bob");
  EXPECT_EQ(people_of(heard("B", events)), "");
  EXPECT_EQ(heard("A", events).root_uid, "A");
  EXPECT_EQ(heard("B", events).root_uid, "A");
}

TEST(Seats, AMoveThatListsTheTargetsOwnPeopleDoesNotMoveThem) {
  const auto events =
      two_seats() + seat_of("cy", "B", 1) + rescheduled("B", "A", 3).of({"ana", "bob", "cy"}).seated();
  const Booking b = heard("B", events);
  EXPECT_TRUE(b.attendees.at(0).moved_here);
  EXPECT_FALSE(b.attendees.at(2).moved_here);
}

TEST(Seats, AHostsMoveInPlaceKeepsEverybody) {
  const Booking a = heard("A", two_seats() + rescheduled("A", "A", 3).of({"ana", "bob"}).seated().starts(6));
  EXPECT_EQ(a.status, Step::kAccepted);
  EXPECT_EQ(people_of(a), "ana bob");
  EXPECT_TRUE(a.moved_in_place);
}

TEST(Seats, ASeatedSlotThatHadItsOwnStartKeepsItsOwnRoot) {
  const Event move = rescheduled("B", "A", 3).of({"bob"}).seated();
  EXPECT_EQ(heard("B", two_seats() + seat_of("cy", "B", 2) + move).root_uid, "B");
  EXPECT_EQ(heard("B", two_seats() + seat_of("cy", "B", 4) + move).root_uid, "A");
}

TEST(Seats, AHostWhoAsksToRescheduleEndsEveryPlace) {
  const auto events = two_seats() + cancelled("A", 3).of({"ana"}).asks_to_reschedule();
  EXPECT_EQ(heard("A", events).status, Step::kCancelled);
  EXPECT_EQ(people_of(heard("A", events)), "ana bob");
  const auto moved = events + rescheduled("B", "A", 4).of({"ana"}).seated();
  EXPECT_EQ(heard("A", moved).status, Step::kCancelled);
  EXPECT_EQ(people_of(heard("A", moved)), "bob");
}

TEST(Seats, RequestedSeatsArePendingAndRejectedByTheHost) {
  const Event request = requested("A", 1).of({"ana"}).seated();
  EXPECT_EQ(heard("A", {request}).status, Step::kPending);
  EXPECT_EQ(heard("A", {request, rejected("A", 2).of({"ana"})}).status, Step::kRejected);
}

TEST(Seats, AnUnpaidSeatOfAnAcceptedBookingIsPendingOnItsOwn) {
  const auto events = two_seats() + payment_initiated("A", 3).of({"cy"}).seated();
  EXPECT_TRUE(heard("A", events).attendees.at(2).pending);
  EXPECT_FALSE(heard("A", events).attendees.at(0).pending);
  EXPECT_FALSE(heard("A", events + seat_of("cy", "A", 4)).attendees.at(2).pending);
}

TEST(Seats, AnUnpaidSecondStayIsPendingThoughTheFirstWasPaid) {
  const Booking a = heard(
      "A", two_seats() + cancelled("A", 3).of({"bob"}) + payment_initiated("A", 4).of({"bob"}).seated());
  EXPECT_EQ(people_of(a), "ana bob");
  EXPECT_TRUE(a.attendees.at(1).pending);
}

TEST(Seats, AnOldVersionThatListsEverybodySpeaksOfTheNewcomerOnly) {
  const Booking a = heard("A", two_seats() + created("A", 3).of({"ana", "bob", "cy"}).seat("seat-cy"));
  EXPECT_EQ(a.attendees.at(0).stage, "seat-ana");
  EXPECT_EQ(a.attendees.at(2).stage, "seat-cy");
}

TEST(Seats, AnOldVersionThatListsEverybodyConfirmsAndMovesTheNamedSeatOnly) {
  const Event unpaid = payment_initiated("A", 1).of({"ana"}).seated();
  EXPECT_TRUE(
      heard("A", {unpaid, created("A", 2).of({"ana", "bob"}).seat("seat-bob")}).attendees.at(0).pending);
  const auto events = two_seats() + rescheduled("B", "A", 3).of({"ana", "bob"}).seat("new-bob");
  EXPECT_EQ(people_of(heard("A", events)), "ana");
}

TEST(Seats, ASeatsCancelReasonIsNotTheBookingsUntilItIsCancelled) {
  const auto events = two_seats() + cancelled("A", 3).of({"bob"}).with(Detail::kCancellationReason, "ill");
  EXPECT_EQ(detail_of(heard("A", events), Detail::kCancellationReason), Value(Null{}));
  EXPECT_EQ(detail_of(heard("A", events + cancelled("A", 4).of({"ana"})), Detail::kCancellationReason),
            Value("ill"));
}

TEST(Seats, AHostWhoIsStillListedDoesNotKeepABookingAlive) {
  const Booking a = heard("A", {created("A", 1).of({"ana", "cohost"}).seated(), cancelled("A", 3).of({"ana"}),
                                requested("A", 0).hosted_by("cohost")});
  EXPECT_EQ(a.status, Step::kCancelled);
}

TEST(Seats, CoHostsListedInACancelAreNotASeat) {
  const Booking a = heard("A", {created("A", 1).of({"ana"}).seated().hosted_by("cohost"),
                                cancelled("A", 2).of({"cohost"}).seated()});
  EXPECT_EQ(a.status, Step::kAccepted);
}

TEST(Seats, WhoHoldsASeatDoesNotLearnFromTheBookingWhoElseDoes) {
  // Heard before it was known that the booking has seats.
  const Event early = created("A", 1)
                          .of({"ana"})
                          .with(Detail::kTitle, "Yoga between Zoe and ana")
                          .with(Detail::kEventTitle, "Yoga")
                          .with(Detail::kAdditionalNotes, "my back hurts")
                          .with(Detail::kResponses, JsonText{R"({"name":{"value":"ana"}})"})
                          .with(Detail::kMetadata, JsonText{R"({"from":"ana"})"});
  const auto events = std::vector<Event>{early} + seat_of("bob", "A", 2) +
                      rescheduled("A", "B", 3).of({"bob"}).seated().with(Detail::kRescheduledBy, mail("bob"));
  const Booking a = heard("A", events);
  EXPECT_EQ(a.attendee_name + a.attendee_email + a.attendee_time_zone, "");
  EXPECT_EQ(detail_of(a, Detail::kTitle), Value("Yoga"));
  for (const Detail detail :
       {Detail::kAdditionalNotes, Detail::kResponses, Detail::kMetadata, Detail::kRescheduledBy})
    EXPECT_EQ(detail_of(a, detail), Value(Null{})) << info(detail).column;
}

TEST(Seats, ThatTheHostMovedOrCancelledIsShown) {
  const auto moved = two_seats() + rescheduled("A", "A", 3)
                                       .of({"ana", "bob"})
                                       .seated()
                                       .hosted_by("zoe")
                                       .with(Detail::kRescheduledBy, mail("zoe"));
  EXPECT_EQ(detail_of(heard("A", moved), Detail::kRescheduledBy), Value(mail("zoe")));
  const Event by_zoe = cancelled("A", 4).of({"ana", "bob"}).with(Detail::kCancelledBy, mail("zoe"));
  EXPECT_EQ(detail_of(heard("A", moved + by_zoe), Detail::kCancelledBy), Value(mail("zoe")));
  const Event by_bob = cancelled("A", 4).of({"ana", "bob"}).with(Detail::kCancelledBy, mail("bob"));
  EXPECT_EQ(detail_of(heard("A", moved + by_bob), Detail::kCancelledBy), Value(Null{}));
}

}  // namespace
}  // namespace calcom::test
