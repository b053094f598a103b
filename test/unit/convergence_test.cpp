// The promise of the product, as laws over generated worlds: whatever the order, the repetition and the
// pauses between them, the same events end in the same facts, the same bookings and the same owed mails. One
// case is one way of delivering one world. CALCOM_PROPERTY_CASES and CALCOM_PROPERTY_SEED override the
// defaults.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <random>

#include "merge_worlds.hpp"

namespace calcom::test {
namespace {

constexpr std::uint64_t kCases = 200'000;  // of the permutation law; shared among the seeds
constexpr std::size_t kAllOrdersUpTo = 6;
constexpr int kSomeOrders = 60;

using Order = std::vector<std::size_t>;

// Two fixed seeds, so that every run repeats the last one, and one of the day.
std::vector<std::uint64_t> seeds() {
  const std::uint64_t given = number_from_environment("CALCOM_PROPERTY_SEED", 0);
  if (given != 0) return {given};
  static const std::uint64_t kOfTheDay =
      (std::uint64_t{std::random_device{}()} << 32U) | std::random_device{}();
  return {1, 20'261'122, kOfTheDay};
}

std::uint64_t cases_per_seed(std::uint64_t part) {
  return number_from_environment("CALCOM_PROPERTY_CASES", kCases) / part / seeds().size() + 1;
}

std::map<std::string, std::string> encoded(const FactsByUid& facts) {
  std::map<std::string, std::string> texts;
  for (const auto& [uid, one] : facts) texts[uid] = encode_facts(one);
  return texts;
}

struct State {
  std::map<std::string, std::string> texts;
  Bookings bookings;
  friend bool operator==(const State&, const State&) = default;
};

State state_of(const FactsByUid& facts) {
  return {encoded(facts), project_chain(facts)};
}

FactsByUid merged(const std::vector<Row>& rows, const Order& order) {
  FactsByUid facts;
  for (const std::size_t i : order) merge_event(facts, rows[i].event, rows[i].stamp);
  return facts;
}

Order in_order(std::size_t size) {
  Order order(size);
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

std::string shown(const std::vector<Row>& rows, const Order& order) {
  std::string text;
  for (const std::size_t i : order) {
    const Event& event = rows[i].event;
    text += "  trigger " + std::to_string(static_cast<int>(event.trigger)) + " uid " + event.uid + " from '" +
            event.reschedule_uid + "' at " + std::to_string((rows[i].stamp.at - kToday) / kMinute) +
            " people";
    for (const Person& one : event.attendees) text += " " + one.email;
    text += "\n";
  }
  return text;
}

// Repeats some rows at random places: a delivery may come again at any time.
Order with_repeats(Order order, Dice& dice) {
  for (int i = dice.below(3); i > 0; --i) {
    const std::size_t again = dice.one_of(order);
    order.insert(order.begin() + dice.below(static_cast<int>(order.size()) + 1), again);
  }
  return order;
}

std::vector<Order> orders_of(std::size_t size, Dice& dice) {
  std::vector<Order> orders;
  Order order = in_order(size);
  if (size <= kAllOrdersUpTo) {
    do orders.push_back(with_repeats(order, dice));
    while (std::next_permutation(order.begin(), order.end()));
    return orders;
  }
  for (int i = 0; i < kSomeOrders; ++i) {
    dice.shuffle(order);
    orders.push_back(with_repeats(order, dice));
  }
  return orders;
}

// Runs `law(world seed, cases so far)` until the share of each seed is used up; a failure names its seed.
template <typename Law>
void for_worlds(std::uint64_t part, Law law) {
  std::uint64_t total = 0, worlds = 0;
  for (const std::uint64_t seed : seeds()) {
    SCOPED_TRACE("CALCOM_PROPERTY_SEED=" + std::to_string(seed));
    Dice dice(seed);
    std::uint64_t cases = 0;
    for (; cases < cases_per_seed(part) && !testing::Test::HasFailure(); ++worlds) {
      World world(dice.throw_all());
      cases += law(world);
    }
    std::printf("  seed %llu: %llu cases\n", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(cases));
    total += cases;
  }
  std::printf("  %llu cases of %llu worlds\n", static_cast<unsigned long long>(total),
              static_cast<unsigned long long>(worlds));
}

TEST(Convergence, EveryOrderAndRepetitionEndsInTheSameState) {
  for_worlds(1, [](World& world) {
    const std::vector<Row> rows = world.rows();
    const State truth = state_of(merged(rows, in_order(rows.size())));
    const auto orders = orders_of(rows.size(), world.dice());
    for (const Order& order : orders) {
      if (state_of(merged(rows, order)) == truth) continue;
      ADD_FAILURE() << "another order ended differently:\n" << shown(rows, order);
      break;
    }
    return orders.size();
  });
}

// As the database does it: each transaction loads the rows that the event touches, merges and stores them.
TEST(Convergence, MergingThroughStorageEqualsARebuildFromTheLog) {
  for_worlds(20, [](World& world) {
    const std::vector<Row> rows = world.rows();
    std::map<std::string, std::string> stored;
    for (const Row& row : rows) {
      FactsByUid touched;
      for (const std::string& uid : touched_uids(row.event)) {
        const auto held = stored.find(uid);
        touched[uid] = held == stored.end() ? Facts{} : decode_facts(held->second).value_or(Facts{});
      }
      const std::size_t locked = touched.size();
      merge_event(touched, row.event, row.stamp);
      EXPECT_EQ(touched.size(), locked) << "the merge wrote a row that was not named by touched_uids";
      for (const auto& [uid, facts] : touched) stored[uid] = encode_facts(facts);
    }
    EXPECT_EQ(stored, encoded(merged(rows, in_order(rows.size()))));
    return std::size_t{1};
  });
}

TEST(Convergence, LinksAreNamedBeforeTheyAreMade) {
  for_worlds(20, [](World& world) {
    for (const Row& row : world.rows()) {
      const auto uids = touched_uids(row.event);
      EXPECT_TRUE(std::is_sorted(uids.begin(), uids.end()));
      EXPECT_EQ(uids.size() == 2, links(row.event));
      FactsByUid facts;
      merge_event(facts, row.event, row.stamp);
      std::vector<std::string> written;
      for (const auto& [uid, one] : facts) written.push_back(uid);
      EXPECT_EQ(written, uids);
    }
    return std::size_t{1};
  });
}

// What lets an event that does not link work on its own row alone.
TEST(Convergence, RootsChangeOnlyByALinkOrWithTheParentOfTheEventsOwnRow) {
  for_worlds(20, [](World& world) {
    FactsByUid facts;
    for (const Row& row : world.rows()) {
      const Bookings before = project_chain(facts);
      merge_event(facts, row.event, row.stamp);
      const Bookings after = project_chain(facts);
      const auto own = before.find(row.event.uid);
      if (links(row.event) || own == before.end()) continue;
      if (own->second.rescheduled_from_uid != after.at(row.event.uid).rescheduled_from_uid) continue;
      for (const auto& [uid, booking] : before)
        EXPECT_EQ(after.at(uid).root_uid, booking.root_uid)
            << "of " << uid << " by an event of " << row.event.uid;
    }
    return std::size_t{1};
  });
}

TEST(Convergence, WhatIsOwedIsTrueAndARepeatedDeliveryOwesNothing) {
  for_worlds(10, [](World& world) {
    const std::vector<Row> rows = world.rows();
    FactsByUid facts = merged(rows, in_order(rows.size()));
    const Bookings bookings = project_chain(facts);
    for (const auto& [uid, booking] : bookings)
      for (const Obligation& one : obligations(booking, kNow)) {
        EXPECT_FALSE(why_untrue(one.kind, one.recipient, one.start_time, booking, kNow)) << one.key;
        EXPECT_EQ(facts.at(uid).hosts.count(one.recipient), 0U) << one.key;
      }
    for (const Row& row : rows) merge_event(facts, row.event, row.stamp);
    EXPECT_EQ(owed(project_chain(facts)), owed(bookings));
    return std::size_t{1};
  });
}

// The outbox keeps every key that was ever owed, so the mails of all orders contain those of the final state,
// and whatever was queued on the way and is not owed any more is recognised as untrue before it is sent.
TEST(Convergence, WhateverTheOrderTheMailsThatAreStillTrueAreTheSame) {
  for_worlds(10, [](World& world) {
    const std::vector<Row> rows = world.rows();
    const Keys final_keys = owed(project_chain(merged(rows, in_order(rows.size()))));
    Order order = in_order(rows.size());
    world.dice().shuffle(order);
    FactsByUid facts;
    std::map<std::string, Obligation> outbox;
    for (const std::size_t i : order) {
      merge_event(facts, rows[i].event, rows[i].stamp);
      for (const auto& [uid, booking] : project_chain(facts))
        for (const Obligation& one : obligations(booking, kNow)) outbox.try_emplace(one.key, one);
    }
    const Bookings bookings = project_chain(facts);
    Keys queued_keys;
    for (const auto& [key, one] : outbox) queued_keys.insert(key);
    for (const std::string& key : final_keys) EXPECT_EQ(queued_keys.count(key), 1U) << key;
    for (const auto& [key, one] : outbox) {
      const Booking& booking = bookings.at(one.uid);
      const auto now_owed = obligations(booking, kNow);
      const bool same_mail =
          std::any_of(now_owed.begin(), now_owed.end(), [&one = one](const Obligation& other) {
            return other.kind == one.kind && other.recipient == one.recipient;
          });
      if (!same_mail) {
        EXPECT_TRUE(why_untrue(one.kind, one.recipient, one.start_time, booking, kNow)) << key;
      }
    }
    return std::size_t{1};
  });
}

TEST(Convergence, EveryPersonGetsOneConfirmationWhateverTheOrderAndRepetitionOfCreated) {
  for_worlds(10, [](World& world) {
    Dice& dice = world.dice();
    const bool seats = dice.once_in(2);
    std::vector<Event> events;
    Keys expected;
    for (int i = 1 + dice.below(6); i > 0; --i) {
      const std::string name = "guest" + std::to_string(i), seat = seats ? "seat-" + name : "";
      Event event = created("A", i).of({name, "host"}).hosted_by("host").starts(5);
      event.seated = seats;
      event.attendees.front().seat_uid = seat;
      for (int copies = 1 + dice.below(3); copies > 0; --copies) {
        *event.created_at += dice.below(3) * 1000;  // another subscription, milliseconds later
        events.push_back(event);
      }
      expected.insert("confirmation/A/" + seat + "/" + mail(name));
    }
    dice.shuffle(events);
    EXPECT_EQ(queued(events), expected);
    return std::size_t{1};
  });
}

}  // namespace
}  // namespace calcom::test
