// Queues reminders: by the worker for bookings that start soon, and during the merge for a booking whose reminder was
// already due when the delivery arrived.
#pragma once

#include <memory>

#include "core/mail/reminder.hpp"
#include "pg/spi.hpp"
#include "store/stored_event.hpp"

namespace calcom::outbox {

using namespace pg;
using namespace store;

struct ReminderRound {
  std::int64_t queued = 0;
  bool more = false;               // more is due than one round handles
  std::optional<Micros> next_due;  // of the next reminder; nullopt: none is scheduled
};

// Queues what is due at `now` by every enabled rule and moves the rules' horizons, in this transaction.
ReminderRound queue_reminders(Spi& spi, Micros now);

// Queues reminders of a booking that were already due when its delivery was merged; the worker's horizon has passed them.
void queue_overdue_reminders(Spi& spi, const StoredEvent& stored, const Facts& facts, const Booking& booking);

// A reminder that is not queued yet and becomes due by `until`, if its booking stays as it is.
struct ReminderAhead {
  Obligation reminder;
  Micros before = 0;  // of its rule
  std::shared_ptr<const Booking> booking;
};
std::vector<ReminderAhead> reminders_ahead(Spi& spi, const std::string& account, Micros now, Micros until);

}  // namespace calcom::outbox
