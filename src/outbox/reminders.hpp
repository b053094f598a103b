// Reminders into the outbox: by the worker's look along the bookings that start soon, and at once for a
// booking whose reminder was due before the news of it came.
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
  bool more = false;               // more is due than one round takes
  std::optional<Micros> next_due;  // of what is not due yet; nullopt: nothing is to come
};

// Queues what is due at `now` by every enabled rule and moves the rules' horizons, in this transaction.
ReminderRound queue_reminders(Spi& spi, Micros now);

// What of a booking is due already when news of it is merged: the worker's look has passed it.
void queue_overdue_reminders(Spi& spi, const StoredEvent& stored, const Facts& facts, const Booking& booking);

// A reminder that is not queued yet and becomes due by `until`, if its booking stays as it is.
struct ReminderAhead {
  Obligation reminder;
  Micros before = 0;  // of its rule
  std::shared_ptr<const Booking> booking;
};
std::vector<ReminderAhead> reminders_ahead(Spi& spi, const std::string& account, Micros now, Micros until);

}  // namespace calcom::outbox
