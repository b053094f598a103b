// Bookings as rows: lock and load what an event touches, write back what the merge changed.
#pragma once

#include <map>
#include <string>

#include "core/booking/merge.hpp"
#include "pg/spi.hpp"

namespace calcom::store {

using namespace pg;

struct LoadedBookings {
  FactsByUid facts;          // rows that exist, of the touched uids and of the chains they belong to
  bool whole_chain = false;  // chains were followed, under the account's link lock
};

// Locks the rows of `uids` and, where a link is involved, first the account's link lock and then every row of
// the chains. Waits at most lock_timeout. Rows that do not exist are absent from the result.
LoadedBookings lock_and_load(Spi& spi, const std::string& account, const std::vector<std::string>& uids,
                             bool event_links);

// The facts of the rows that exist, without a lock and without following chains.
FactsByUid read_facts(Spi& spi, const std::string& account, const std::vector<std::string>& uids);
// Raises data_corrupted when the text is not ours or of a later version.
Facts decoded_facts(const std::string& uid, const std::string& text);

// Inserts a booking that was absent at lock_and_load. False: another transaction inserted it meanwhile.
bool insert_booking(Spi& spi, const std::string& account, const Booking& booking, const Facts& facts);
// Writes the columns in which the two differ. Manual changes of other columns are kept.
void update_booking(Spi& spi, const std::string& account, const Booking& before, const Booking& after);
void update_facts(Spi& spi, const std::string& account, const std::string& uid, const Facts& facts);
// Writes these columns (bits of column_bit) even if they were changed manually.
void write_columns(Spi& spi, const std::string& account, const Booking& booking, std::int64_t columns);
void upsert_attendees(Spi& spi, const std::string& account, const Booking& booking,
                      const std::vector<const VisibleAttendee*>& attendees);
void remove_attendees(Spi& spi, const std::string& account, const std::string& uid,
                      const std::vector<std::string>& emails);
// Writes the attendees that differ between `before` and `after`.
void write_attendees(Spi& spi, const std::string& account, const Booking* before, const Booking& after);

// The columns in which the stored row differs from `booking`; empty if there is no such row.
struct Difference {
  std::string name;                   // the column, or the attendee's e-mail
  std::int64_t column = 0;            // bit of column_bit; 0 for an attendee
  std::optional<std::string> stored;  // in the table; an attendee as a JSON object, nullopt if absent
  std::optional<std::string> wanted;
};
std::vector<Difference> compare_columns(Spi& spi, const std::string& account, const Booking& booking);
// The same for the attendees: those that differ, are missing, or are too many.
std::vector<Difference> compare_attendees(Spi& spi, const std::string& account, const Booking& booking);

// The booking as the merge computes it, without a lock; nullopt if it does not exist. Follows chains, so root_uid is right.
// Used before sending to check that a mail is still true.
std::optional<Booking> read_booking(Spi& spi, const std::string& account, const std::string& uid);

}  // namespace calcom::store
