// Bookings as rows: lock and load what an event touches, write back what the merge changed.
#pragma once

#include <map>
#include <string>

#include "core/merge.hpp"
#include "pg/spi.hpp"

namespace calcom::pg {

struct LoadedBookings {
  FactsByUid facts;          // rows that exist, of the touched uids and of the chains they belong to
  bool whole_chain = false;  // chains were followed, under the account's link lock
};

// Locks the rows of `uids` and, where a link is involved, first the account's link lock and then every row of
// the chains. Waits at most lock_timeout. Rows that do not exist are absent from the result.
LoadedBookings lock_and_load(Spi& spi, const std::string& account, const std::vector<std::string>& uids,
                             bool event_links);

// Inserts a booking that was absent at lock_and_load. False: somebody else inserted it meanwhile.
bool insert_booking(Spi& spi, const std::string& account, const Booking& booking, const Facts& facts);
// Writes the columns in which the two differ and leaves the others, and what somebody typed there, alone.
void update_booking(Spi& spi, const std::string& account, const Booking& before, const Booking& after);
void update_facts(Spi& spi, const std::string& account, const std::string& uid, const Facts& facts);
// Writes the attendees that differ between `before` and `after`.
void write_attendees(Spi& spi, const std::string& account, const Booking* before, const Booking& after);

// The booking as the merge sees it, without a lock; nullopt when there is none. Chains are followed, so
// root_uid is right. For truth at send time.
std::optional<Booking> read_booking(Spi& spi, const std::string& account, const std::string& uid);

}  // namespace calcom::pg
