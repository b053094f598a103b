// Compares the stored rows with what they should be. The server compares: a jsonb read back has another text than the one
// that was written, and a time that cannot be stored is null.
#include "store/booking_columns.hpp"
#include "store/booking_store.hpp"

namespace calcom::store {

namespace {

std::string compare_sql() {
  std::string values;
  for (std::size_t i = 0; i < kBookingColumns; ++i) {
    if (i == kUpdatedAt) continue;
    if (!values.empty()) values += ", ";
    values += "(" + std::to_string(i) + ", pg_catalog.to_jsonb(b.";
    values.append(booking_column(i)).append(") #>> '{}', pg_catalog.to_jsonb($");
    values += std::to_string(i + 3) + ") #>> '{}')";
  }
  return "select x.i, x.stored, x.wanted from @extschema@.bookings b cross join lateral (values " + values +
         ") x(i, stored, wanted) where b.account = $1 and b.uid = $2 and $" + std::to_string(kUpdatedAt + 3) +
         " is not null and x.stored is distinct from x.wanted order by x.i";
}

std::optional<std::string> optional_text(const Rows& rows, std::uint64_t row, int column) {
  return rows.is_null(row, column) ? std::nullopt : std::optional(rows.text(row, column));
}

}  // namespace

std::vector<Difference> compare_columns(Spi& spi, const std::string& account, const Booking& booking) {
  static constinit Statement compare{nullptr};
  if (compare.sql == nullptr) compare.sql = kept(compare_sql());
  const Rows rows = spi.run(compare, booking_params(account, booking));
  std::vector<Difference> differences;
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    const auto column = static_cast<std::size_t>(rows.int4(row, 1));
    differences.push_back({std::string(booking_column(column)), column_bit(column),
                           optional_text(rows, row, 2), optional_text(rows, row, 3)});
  }
  return differences;
}

std::vector<Difference> compare_attendees(Spi& spi, const std::string& account, const Booking& booking) {
  static constinit Statement compare{R"sql(
    select
      coalesce(a.email, u.email), pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb(a) - 'email') #>> '{}',
      pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb(u) - 'email') #>> '{}'
    from (
      select
        t.email, t.name, t.time_zone, t.locale, t.phone, t.seat_uid, t.no_show, t.removed_at,
        t.organizer_email
      from @extschema@.booking_attendees t
      where t.account = $1 and t.booking_uid = $2
    ) a
    full join (
      select v.*, $3 as organizer_email
      from unnest($4, $5, $6, $7, $8, $9, $10, $11) v(
        email, name, time_zone, locale, phone, seat_uid, no_show, removed_at
      )
    ) u on u.email = a.email
    where pg_catalog.to_jsonb(a) is distinct from pg_catalog.to_jsonb(u)
    order by 1)sql"};
  std::vector<const VisibleAttendee*> attendees;
  for (const VisibleAttendee& one : booking.attendees) attendees.push_back(&one);
  const Rows rows = spi.run(compare, attendee_params(account, booking, attendees));
  std::vector<Difference> differences;
  for (std::uint64_t row = 0; row < rows.size(); ++row)
    differences.push_back({rows.text(row, 1), 0, optional_text(rows, row, 2), optional_text(rows, row, 3)});
  return differences;
}

}  // namespace calcom::store
