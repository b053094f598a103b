// The columns of `bookings` and the parameters that carry a Booking into SQL, in one order: for writing
// (booking_write.cpp) and for comparing a row with what it should be (booking_compare.cpp).
#pragma once

#include <array>

#include "core/booking/booking.hpp"
#include "pg/spi.hpp"

namespace calcom::store {

using namespace pg;

inline constexpr std::array<std::string_view, 11> kOwnColumns = {
    "status",         "attendee_name",        "attendee_email",     "attendee_time_zone", "seated",
    "moved_in_place", "rescheduled_from_uid", "rescheduled_to_uid", "root_uid",           "created_at",
    "updated_at"};
inline constexpr std::size_t kUpdatedAt = kOwnColumns.size() - 1;

inline constexpr std::size_t kBookingColumns = kOwnColumns.size() + kDetailCount;
static_assert(kBookingColumns < 63, "a set of columns is stored in the bits of a bigint");

constexpr std::string_view booking_column(std::size_t i) {
  return i < kOwnColumns.size() ? kOwnColumns[i] : kDetails[i - kOwnColumns.size()].column;
}

constexpr std::int64_t column_bit(std::size_t i) {
  return std::int64_t{1} << i;
}

// Keeps SQL text until the backend ends, because a Statement points to it. Call it once per text.
const char* kept(std::string sql);

// $1 account, $2 uid, then one parameter a column: column i is $(i + 3).
Params booking_params(const std::string& account, const Booking& booking);
// The columns in which two projections differ, except updated_at.
std::int64_t differing_columns(const Booking& a, const Booking& b);

// $1 account, $2 uid, $3 organizer_email, $4 to $11 arrays: email, name, time_zone, locale, phone, seat_uid,
// no_show, removed_at.
Params attendee_params(const std::string& account, const Booking& booking,
                       const std::vector<const VisibleAttendee*>& attendees);

}  // namespace calcom::store
