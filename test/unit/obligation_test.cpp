// Which mails are owed, by whom they are read, and that nothing is owed twice or forgotten.
#include <gtest/gtest.h>

#include <algorithm>

#include "merge_story.hpp"

namespace calcom::test {
namespace {

// The what of a rescheduled key: the stay and the start on day 6.
std::string at_6(std::string_view stage = "") {
  return std::string(stage) + "@" + std::to_string(day(6));
}

EventBuilder booked(std::string_view uid, int at) {
  return created(uid, at).of({"ana"}).starts(5);
}

EventBuilder seat_of(std::string_view name, int at) {
  return created("A", at).of({name}).seat("seat-" + std::string(name)).starts(5);
}

std::string why(MailKind kind, std::string_view name, const std::vector<Event>& events, int start_day = 5,
                Micros now = kNow) {
  const auto cause = why_untrue(kind, mail(name), Instant{day(start_day)}, booking_of("A", events), now);
  return cause ? std::string(sentence(*cause)) : std::string();
}

TEST(Obligations, AnAcceptedBookingOwesEachPersonOneConfirmation) {
  EXPECT_EQ(queued({created("A", 1).of({"ana", "guest"}).starts(5)}),
            (Keys{"confirmation/A//ana@example.com", "confirmation/A//guest@example.com"}));
}

TEST(Obligations, RepeatsAndOverlappingSubscriptionsOweNothingTwice) {
  EXPECT_EQ(queued({booked("A", 1), booked("A", 2), booked("A", 1), booked("A", 3)}),
            Keys{"confirmation/A//ana@example.com"});
}

TEST(Obligations, ARequestedBookingOwesARequestedMailThenARejectionOrAConfirmation) {
  const Event request = requested("A", 1).of({"ana"}).starts(5);
  EXPECT_EQ(queued({request}), Keys{"requested/A//ana@example.com"});
  EXPECT_EQ(queued({request, rejected("A", 2)}),
            (Keys{"rejected/A//ana@example.com", "requested/A//ana@example.com"}));
  EXPECT_EQ(queued({request, booked("A", 2)}),
            (Keys{"confirmation/A//ana@example.com", "requested/A//ana@example.com"}));
  EXPECT_EQ(queued({booked("A", 2), request}), Keys{"confirmation/A//ana@example.com"});
}

TEST(Obligations, ARequestIsUntrueOnceItIsAnsweredOrTheTimeHasCome) {
  const Event request = requested("A", 1).of({"ana"}).starts(5);
  EXPECT_EQ(why(MailKind::kRequested, "ana", {request}), "");
  EXPECT_EQ(why(MailKind::kRequested, "ana", {request, booked("A", 2)}), "booking is accepted already");
  EXPECT_EQ(why(MailKind::kRequested, "ana", {request, rejected("A", 2)}), "booking was rejected");
  EXPECT_EQ(why(MailKind::kRequested, "ana", {request}, 6), "booking was moved to another time");
  EXPECT_EQ(why(MailKind::kRequested, "ana", {request}, 5, day(5)), "booking has begun");
  EXPECT_EQ(why(MailKind::kRejected, "ana", {request}), "booking is not rejected");
  EXPECT_EQ(why(MailKind::kRejected, "ana", {request, rejected("A", 2)}, 6), "");
  EXPECT_EQ(why(MailKind::kRejected, "ana", {request, rejected("A", 2)}, 5, day(5)), "booking has begun");
}

TEST(Obligations, ARejectionIsForThoseWhoWereAskedFor) {
  EXPECT_EQ(queued({rejected("A", 2).of({"ana"}).starts(5)}), Keys{});
}

TEST(Obligations, WhoHasNotPaidIsNotToldThatTheHostWasAsked) {
  const auto unpaid_one =
      payment_initiated("A", 1).of({"ana"}).starts(5).with(Detail::kPaymentId, std::int64_t{7});
  EXPECT_EQ(queued({unpaid_one}), Keys{});
  Event paid_one =
      paid("A", 2, "PENDING").with(Detail::kPaymentId, std::int64_t{7}).with(Detail::kPaid, true);
  EXPECT_EQ(queued({unpaid_one, paid_one}), Keys{"requested/A//ana@example.com"});
}

TEST(Obligations, APlaceholderOwesNothing) {
  EXPECT_EQ(queued({no_show("A", 1, "ana", true)}), Keys{});
}

TEST(Obligations, APaidBookingOwesOneConfirmationOnceItIsAccepted) {
  EXPECT_EQ(queued({payment_initiated("A", 1).of({"ana"}).starts(5).with(Detail::kPaymentId, std::int64_t{7}),
                    paid("A", 2, "ACCEPTED"), booked("A", 3)}),
            Keys{"confirmation/A//ana@example.com"});
}

TEST(Obligations, AMovedBookingOwesARescheduledMailAndItsPredecessorNothingMore) {
  const Event move = rescheduled("B", "A", 2).of({"ana"}).starts(6);
  EXPECT_EQ(queued({booked("A", 1), move}),
            (Keys{"confirmation/A//ana@example.com", "rescheduled/B/" + at_6() + "/ana@example.com"}));
  EXPECT_EQ(queued({move, booked("A", 1)}), Keys{"rescheduled/B/" + at_6() + "/ana@example.com"});
  EXPECT_EQ(why(MailKind::kConfirmation, "ana", {booked("A", 1), move}), "booking was moved to another time");
}

TEST(Obligations, EachMoveInPlaceOwesOneRescheduledMail) {
  const std::vector<Event> events = {booked("A", 1), rescheduled("A", "A", 2).of({"ana"}).starts(6),
                                     rescheduled("A", "A", 3).of({"ana"}).starts(6)};
  EXPECT_EQ(queued(events),
            (Keys{"confirmation/A//ana@example.com", "rescheduled/A/" + at_6() + "/ana@example.com"}));
  EXPECT_EQ(why(MailKind::kConfirmation, "ana", events), "booking was moved to another time");
  EXPECT_EQ(why(MailKind::kRescheduled, "ana", events, 6), "");
}

TEST(Obligations, ACancelledBookingOwesEachPersonACancellationWhileItIsAhead) {
  const std::vector<Event> events = {booked("A", 1), cancelled("A", 2).of({"ana", "colleague"})};
  EXPECT_EQ(owed(bookings_of(events)), Keys{"cancellation/A//ana@example.com"});
  EXPECT_EQ(owed(bookings_of(events), day(5)), Keys{});
  EXPECT_EQ(why(MailKind::kConfirmation, "ana", events), "booking was cancelled");
  EXPECT_EQ(why(MailKind::kCancellation, "ana", events), "");
  EXPECT_EQ(why(MailKind::kCancellation, "ana", events, 5, day(5)), "booking has begun");
}

TEST(Obligations, ARequestToRescheduleIsACancellationUntilANewTimeIsFound) {
  std::vector<Event> events = {booked("A", 1), cancelled("A", 2).of({"ana"}).asks_to_reschedule()};
  EXPECT_EQ(owed(bookings_of(events)), Keys{"cancellation/A//ana@example.com"});
  events.push_back(rescheduled("B", "A", 3).of({"ana"}).starts(6));
  EXPECT_EQ(owed(bookings_of(events)), Keys{"rescheduled/B/" + at_6() + "/ana@example.com"});
  EXPECT_EQ(why(MailKind::kCancellation, "ana", events), "booking was moved to another time");
}

TEST(Obligations, HostsPhonePeopleAndWhatIsNoAddressAreNeverMailed) {
  const Event event = created("A", 1)
                          .of({"ana", "cohost", "4711@sms.cal.com", "a@b@c", "@b.c", "a@", "a b@c.d",
                               "a@b\n.c", "<a@b.c>", "a@b.c,d"})
                          .hosted_by("cohost")
                          .starts(5);
  EXPECT_EQ(queued({event, cancelled("A", 2)}),
            (Keys{"confirmation/A//ana@example.com", "cancellation/A//ana@example.com"}));
  EXPECT_EQ(why(MailKind::kConfirmation, "4711@sms.cal.com", {event}), "recipient has no address to mail to");
  EXPECT_EQ(why(MailKind::kConfirmation, "cohost", {event}), "recipient is not an attendee any more");
}

TEST(Obligations, ABookingThatIsOverOwesNothing) {
  const Bookings bookings = bookings_of({booked("A", 1)});
  EXPECT_EQ(owed(bookings, day(5) + kHour), Keys{"confirmation/A//ana@example.com"});
  EXPECT_EQ(owed(bookings, day(5) + kHour + 1), Keys{});
  EXPECT_EQ(why(MailKind::kConfirmation, "ana", {booked("A", 1)}, 5, day(6)), "booking is over");
}

TEST(Obligations, WithoutAnEndTheStartCountsAndWithoutAStartNothingIsOwed) {
  const Bookings open = bookings_of({created("A", 1).of({"ana"}).with(Detail::kStartTime, Instant{day(5)})});
  EXPECT_EQ(owed(open, day(5)).size(), 1U);
  EXPECT_EQ(owed(open, day(5) + 1), Keys{});
  EXPECT_EQ(queued({created("A", 1).of({"ana"})}), Keys{});
  EXPECT_EQ(why(MailKind::kConfirmation, "ana", {created("A", 1).of({"ana"})}),
            "start time of the booking is not known");
}

TEST(Obligations, AnEndBeforeTheStartIsTakenForTheStart) {
  const Event odd = created("A", 1)
                        .of({"ana"})
                        .with(Detail::kStartTime, Instant{day(5)})
                        .with(Detail::kEndTime, Instant{day(0)});
  EXPECT_EQ(owed(bookings_of({odd})).size(), 1U);
}

TEST(Obligations, EverySeatGetsItsOwnConfirmation) {
  const Keys both = {"confirmation/A/seat-ana/ana@example.com", "confirmation/A/seat-bob/bob@example.com"};
  EXPECT_EQ(queued({seat_of("ana", 1), seat_of("bob", 2)}), both);
  EXPECT_EQ(queued({seat_of("bob", 2), seat_of("ana", 1)}), both);
}

TEST(Obligations, ACancelledSeatMailsThatPersonOnly) {
  std::vector<Event> events = {seat_of("ana", 1), seat_of("bob", 2), cancelled("A", 3).of({"bob"}).starts(5)};
  const Keys after = {"confirmation/A/seat-ana/ana@example.com", "cancellation/A/seat-bob/bob@example.com"};
  EXPECT_EQ(owed(bookings_of(events)), after);
  EXPECT_EQ(why(MailKind::kConfirmation, "bob", events), "seat was cancelled");
  EXPECT_EQ(why(MailKind::kCancellation, "ana", events), "seat is not cancelled");
  std::reverse(events.begin(), events.end());
  EXPECT_EQ(queued(events), after) << "the cancel came first; the late seat owes bob no confirmation";
}

TEST(Obligations, ASeatBookedAgainIsConfirmedAgain) {
  EXPECT_EQ(queued({seat_of("ana", 1), seat_of("bob", 1), cancelled("A", 2).of({"bob"}),
                    created("A", 3).of({"bob"}).seat("again").starts(5)}),
            (Keys{"confirmation/A/seat-ana/ana@example.com", "confirmation/A/seat-bob/bob@example.com",
                  "cancellation/A/seat-bob/bob@example.com", "confirmation/A/again/bob@example.com"}));
}

TEST(Obligations, AMovedSeatHearsOfItsNewSlotAndNotOfACancellation) {
  const std::vector<Event> events = {seat_of("ana", 1), seat_of("bob", 2),
                                     rescheduled("B", "A", 3).of({"bob"}).seat("new").starts(6)};
  EXPECT_EQ(owed(bookings_of(events)), (Keys{"confirmation/A/seat-ana/ana@example.com",
                                             "rescheduled/B/" + at_6("new") + "/bob@example.com"}));
  EXPECT_EQ(why(MailKind::kConfirmation, "bob", events), "seat was moved to another time");
  EXPECT_EQ(why(MailKind::kCancellation, "bob", events), "seat was moved to another time");
}

TEST(Obligations, ACancelOfASlotSparesWhoMovedElsewhereBefore) {
  const std::vector<Event> events = {seat_of("ana", 1), seat_of("bob", 2),
                                     rescheduled("B", "A", 3).of({"bob"}).seat("new").starts(6),
                                     cancelled("A", 4).of({"ana", "bob"}).starts(5)};
  EXPECT_EQ(owed(bookings_of(events)), (Keys{"cancellation/A/seat-ana/ana@example.com",
                                             "rescheduled/B/" + at_6("new") + "/bob@example.com"}));
}

TEST(Obligations, WhoBooksASeatAfterAMoveInPlaceGetsAConfirmation) {
  EXPECT_EQ(owed(bookings_of({seat_of("ana", 1), rescheduled("A", "A", 2).of({"ana"}).seated().starts(6),
                              created("A", 3).of({"bob"}).seat("seat-bob").starts(6)})),
            (Keys{"rescheduled/A/" + at_6("seat-ana") + "/ana@example.com",
                  "confirmation/A/seat-bob/bob@example.com"}));
}

TEST(Obligations, AnUnpaidSeatIsNotConfirmedWithTheOthers) {
  const std::vector<Event> events = {
      seat_of("ana", 1),
      payment_initiated("A", 2).of({"bob"}).seated().starts(5).with(Detail::kPaymentId, std::int64_t{7})};
  EXPECT_EQ(owed(bookings_of(events)), Keys{"confirmation/A/seat-ana/ana@example.com"});
  EXPECT_EQ(why(MailKind::kConfirmation, "bob", events), "seat is not accepted yet");
}

TEST(Obligations, AWholeCancelOfSeatsMailsEverybodyWhoIsStillThere) {
  EXPECT_EQ(owed(bookings_of({seat_of("ana", 1), seat_of("bob", 2), cancelled("A", 3).asks_to_reschedule()})),
            (Keys{"cancellation/A/seat-ana/ana@example.com", "cancellation/A/seat-bob/bob@example.com"}));
}

TEST(Obligations, AMailForAnotherStartIsUntrueButACancellationIsNot) {
  EXPECT_EQ(why(MailKind::kConfirmation, "ana", {booked("A", 1)}, 4), "booking was moved to another time");
  EXPECT_EQ(why(MailKind::kCancellation, "ana", {booked("A", 1), cancelled("A", 2)}, 4), "");
}

TEST(Obligations, EveryStatusHasItsReason) {
  EXPECT_EQ(why(MailKind::kConfirmation, "ana", {requested("A", 1).of({"ana"}).starts(5)}),
            "booking is not accepted yet");
  EXPECT_EQ(why(MailKind::kConfirmation, "ana", {booked("A", 1), rejected("A", 2)}), "booking was rejected");
  EXPECT_EQ(why(MailKind::kCancellation, "ana", {booked("A", 1)}), "booking is not cancelled");
  EXPECT_EQ(why(MailKind::kRescheduled, "ana", {booked("A", 1)}), "booking was not moved");
  EXPECT_EQ(why(MailKind::kConfirmation, "eve", {booked("A", 1)}), "recipient is not an attendee any more");
}

TEST(Obligations, KeysOfHostileUidsDoNotCollide) {
  const auto key = [](std::string_view uid, std::string_view seat) {
    return *queued({created(uid, 1).of({"ana"}).seat(seat).starts(5)}).begin();
  };
  EXPECT_EQ(key("a/b", "c"), "confirmation/a%2Fb/c/ana@example.com");
  EXPECT_NE(key("a/b", "c"), key("a", "b/c"));
  EXPECT_NE(key("a%2Fb", "c"), key("a/b", "c"));
}

TEST(Obligations, KindsAreNamedAsInTheOutbox) {
  EXPECT_EQ(name(MailKind::kConfirmation), "confirmation");
  EXPECT_EQ(name(MailKind::kRescheduled), "rescheduled");
  EXPECT_EQ(name(MailKind::kCancellation), "cancellation");
}

Keys copies(const std::vector<Event>& events, std::string_view uid = "A", Micros now = kNow) {
  Keys keys;
  for (const Obligation& one : host_obligations(booking_of(uid, events), now)) keys.insert(one.key);
  return keys;
}

EventBuilder hosted(EventBuilder events) {
  return events.with(Detail::kOrganizerEmail, mail("zoe")).hosted_by("zoe");
}

std::string why_copy(MailKind kind, const std::vector<Event>& events, std::string_view name = "zoe") {
  return why(kind, name, events);
}

TEST(HostCopies, OneForEachWordOfTheBooking) {
  const Event made = hosted(booked("A", 1));
  const std::string at_6 = "@" + std::to_string(day(6));
  EXPECT_EQ(copies({made}), Keys{"confirmation/A/@host/zoe@example.com"});
  EXPECT_EQ(copies({hosted(requested("A", 1).of({"ana"}).starts(5))}),
            Keys{"requested/A/@host/zoe@example.com"});
  EXPECT_EQ(copies({made, hosted(cancelled("A", 2))}), Keys{"cancellation/A/@host/zoe@example.com"});
  EXPECT_EQ(copies({made, hosted(rejected("A", 2))}), Keys{});
  const Event moved = hosted(rescheduled("B", "A", 2).of({"ana"}).starts(6));
  EXPECT_EQ(copies({made, moved}), Keys{});
  EXPECT_EQ(copies({made, moved}, "B"), Keys{"rescheduled/B/@host" + at_6 + "/zoe@example.com"});
  EXPECT_EQ(copies({made, hosted(rescheduled("A", "A", 2).of({"ana"}).starts(6))}),
            Keys{"rescheduled/A/@host" + at_6 + "/zoe@example.com"});
  EXPECT_EQ(copies({booked("A", 1)}), Keys{}) << "whose host is not known";
  EXPECT_EQ(copies({made}, "A", day(6)), Keys{}) << "that is over";
}

TEST(HostCopies, SeatsAreOneBookingToTheHost) {
  const Event first = hosted(seat_of("ana", 1)), second = hosted(seat_of("bob", 2));
  EXPECT_EQ(copies({first, second}), Keys{"confirmation/A/@host/zoe@example.com"});
  const Event left = cancelled("A", 3).of({"ana"}).seated();
  EXPECT_EQ(copies({first, second, left}), Keys{"confirmation/A/@host/zoe@example.com"});
  EXPECT_EQ(copies({first, second, left, cancelled("A", 4).of({"bob"}).seated()}),
            Keys{"cancellation/A/@host/zoe@example.com"});
}

TEST(HostCopies, AreTrueAsLongAsTheWordIs) {
  const Event made = hosted(booked("A", 1));
  EXPECT_EQ(why_copy(MailKind::kConfirmation, {made}), "");
  EXPECT_EQ(why_copy(MailKind::kConfirmation, {made, cancelled("A", 2)}), "booking was cancelled");
  EXPECT_EQ(why_copy(MailKind::kCancellation, {made, cancelled("A", 2)}), "");
  EXPECT_EQ(why_copy(MailKind::kConfirmation, {hosted(booked("A", 1).starts(6))}),
            "booking was moved to another time");
  EXPECT_EQ(why_copy(MailKind::kReminder, {made}), "recipient is not an attendee any more");
  const Event reassigned = EventBuilder(Trigger::kBookingReassigned, "A", 2, "ACCEPTED")
                               .with(Detail::kOrganizerEmail, mail("kim"))
                               .hosted_by("kim");
  EXPECT_EQ(why_copy(MailKind::kConfirmation, {made, reassigned}), "recipient is not an attendee any more");
  EXPECT_EQ(why_copy(MailKind::kConfirmation, {made, reassigned}, "kim"), "");
  EXPECT_EQ(copies({made, reassigned}), Keys{"confirmation/A/@host/kim@example.com"});
}

TEST(HostCopies, EveryCopyThatIsOwedIsTrue) {
  const std::vector<std::vector<Event>> stories = {
      {hosted(booked("A", 1))},
      {hosted(booked("A", 1)), cancelled("A", 2)},
      {hosted(requested("A", 1).of({"ana"}).starts(5))},
      {hosted(seat_of("ana", 1)), cancelled("A", 3).of({"ana"}).seated()}};
  for (const auto& events : stories)
    for (const Obligation& one : host_obligations(booking_of("A", events), kNow)) {
      EXPECT_FALSE(why_untrue(one.kind, one.recipient, one.start_time, booking_of("A", events), kNow))
          << one.key;
      EXPECT_TRUE(is_host_copy(one.kind, one.recipient, booking_of("A", events)));
    }
}

}  // namespace
}  // namespace calcom::test
