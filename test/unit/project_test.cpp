// Chains: roots, predecessors and successors, however late the links are learnt.
#include <gtest/gtest.h>

#include "merge_story.hpp"

namespace calcom::test {
namespace {

TEST(Chain, EveryBookingOfAChainNamesItsStartHoweverLateTheLinksAreLearnt) {
  const std::vector<Event> events = {rescheduled("D", "C", 4), rescheduled("B", "A", 2), created("A", 1),
                                     rescheduled("C", "B", 3)};
  for (const auto& [uid, booking] : bookings_of(events)) EXPECT_EQ(booking.root_uid, "A") << uid;
  EXPECT_EQ(booking_of("C", events).rescheduled_from_uid, "B");
  EXPECT_EQ(booking_of("C", events).rescheduled_to_uid, "D");
  EXPECT_EQ(status_of("D", events), "accepted");
}

TEST(Chain, ABookingAloneIsItsOwnRoot) {
  EXPECT_EQ(booking_of("A", {created("A", 1)}).root_uid, "A");
}

TEST(Chain, ARingHasItsSmallestUidAsRootAndEnds) {
  const std::vector<Event> events = {rescheduled("B", "C", 1), rescheduled("C", "D", 2),
                                     rescheduled("D", "B", 3), rescheduled("E", "D", 4),
                                     rescheduled("A", "E", 5)};
  for (const auto& [uid, booking] : bookings_of(events)) EXPECT_EQ(booking.root_uid, "B") << uid;
}

TEST(Chain, OfSeveralPredecessorsTheOldestWordCounts) {
  EXPECT_EQ(booking_of("C", {rescheduled("C", "B", 2), rescheduled("C", "A", 3)}).rescheduled_from_uid, "B");
  EXPECT_EQ(booking_of("C", {rescheduled("C", "B", 2), rescheduled("C", "A", 1)}).root_uid, "A");
}

TEST(Chain, OfSeveralSuccessorsTheNewestWordCounts) {
  EXPECT_EQ(booking_of("A", {rescheduled("C", "A", 3), rescheduled("B", "A", 2)}).rescheduled_to_uid, "C");
}

TEST(Chain, APredecessorOutsideTheGivenRowsIsTheRoot) {
  FactsByUid facts = facts_of({rescheduled("B", "A", 2)});
  facts.erase("A");
  EXPECT_EQ(project_chain(facts).at("B").root_uid, "A");
}

TEST(Chain, AHundredThousandLinksAreFollowedInOnePass) {
  FactsByUid facts;
  const auto uid = [](int i) { return std::to_string(1'000'000 + i); };
  for (int i = 1; i < 100'000; ++i) facts[uid(i)].predecessors.push_back({uid(i - 1), {i, 0, 0}});
  EXPECT_EQ(project_chain(facts).at(uid(99'999)).root_uid, uid(0));
}

TEST(Chain, StepsAreNamedAsInTheStatusColumn) {
  EXPECT_EQ(name(Step::kPlaceholder), "placeholder");
  EXPECT_EQ(name(Step::kRejected), "rejected");
  EXPECT_EQ(status_of("A", {rescheduled("B", "A", 2)}), "rescheduled");
}

}  // namespace
}  // namespace calcom::test
