// Future reminders are not stored: whether one is due follows from a booking, a rule and the time, each time
// again, so a booking that moves or ends needs no clean-up. Decides which reminders are due and which bookings
// a rule must search; the search itself is in outbox/reminders.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/booking/merge.hpp"

namespace calcom {

struct ReminderRule {
  std::string name;
  Micros before = 0;      // due this long before the start
  Micros enabled_at = 0;  // what was due by then is not this rule's matter
};

// Since when the person's place at the present time stands: by the newest word that booked, accepted or moved
// it. nullopt: nobody said that the person is there.
std::optional<Micros> standing_since(const Facts& facts, std::string_view email);

// The reminders of `rule` that are due at `now` and were not ruled out: the meeting is ahead, the place was
// there before the reminder was due (who books inside the last hour needs no reminder of it), and so was the
// rule. Keys are kind "/" uid "/" rule "@" start "/" recipient, escaped as in merge.hpp: one a rule, start
// and person.
std::vector<Obligation> due_reminders(const ReminderRule& rule, const Facts& facts, const Booking& booking,
                                      Micros now);

// How far a rule has looked, as starts of bookings. Transactions commit in another order than they begin, so
// what was looked at once may hold more by now. INVARIANT: what starts up to `settled` is complete. It moves
// only to where an earlier look ended (`marked`), once every transaction has ended that may have been under
// way at that look (all below `marked_xid`); every look begins at `settled`.
struct ReminderHorizon {
  Micros looked = 0;  // everything up to here was looked at
  Micros settled = 0;
  Micros marked = 0;
  std::int64_t marked_xid = 0;
  friend bool operator==(const ReminderHorizon&, const ReminderHorizon&) = default;
};

struct RunningXids {
  std::int64_t oldest = 0;  // every transaction below has ended
  std::int64_t next = 0;    // no transaction from here on had begun
};

// A horizon too far ahead (the clock was wrong) comes back to where it belongs, lest it hide what is booked
// next.
ReminderHorizon clamped(ReminderHorizon horizon, const ReminderRule& rule, Micros now);

// After a look from `settled` up to `until`, in a snapshot that saw `running`.
ReminderHorizon advanced(ReminderHorizon horizon, Micros until, RunningXids running);

}  // namespace calcom
