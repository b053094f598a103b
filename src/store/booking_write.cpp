// Writes bookings, facts and attendees. The column lists come from kDetails, so a new detail needs no change here.
#include <algorithm>

#include "core/booking/booking_detail.hpp"
#include "store/booking_columns.hpp"
#include "store/booking_store.hpp"

namespace calcom::store {

namespace {

std::string insert_sql() {
  std::string columns = "account, uid", parameters = "$1, $2";
  for (std::size_t i = 0; i < kBookingColumns; ++i) {
    (columns += ", ") += booking_column(i);
    parameters += ", $" + std::to_string(i + 3);
  }
  return "insert into @extschema@.bookings (" + columns + ") values (" + parameters +
         ") on conflict do nothing";
}

// One statement for every set of columns: the last parameter has a bit set for each that is to be written.
std::string update_sql() {
  const std::string mask = "$" + std::to_string(kBookingColumns + 3);
  std::string assignments;
  for (std::size_t i = 0; i < kBookingColumns; ++i) {
    if (i > 0) assignments += ", ";
    (assignments += booking_column(i)) += " = case when " + mask + " & " + std::to_string(1LL << i) +
                                          " <> 0 then $" + std::to_string(i + 3) + " else b.";
    (assignments += booking_column(i)) += " end";
  }
  return "update @extschema@.bookings b set " + assignments + " where b.account = $1 and b.uid = $2";
}

void add_detail(Params& params, DetailType type, const Value& value) {
  switch (type) {
    case DetailType::kText:
      if (const auto* text = std::get_if<std::string>(&value)) return void(params.text(*text));
      return void(params.null(TEXTOID));
    case DetailType::kBigint:
      if (const auto* number = std::get_if<std::int64_t>(&value)) return void(params.int8(*number));
      return void(params.null(INT8OID));
    case DetailType::kBoolean:
      if (const auto* flag = std::get_if<bool>(&value)) return void(params.boolean(*flag));
      return void(params.null(BOOLOID));
    case DetailType::kTimestamptz:
      if (const auto* instant = std::get_if<Instant>(&value); instant && storable_timestamp(instant->at))
        return void(params.time(instant->at));
      return void(params.null(TIMESTAMPTZOID));
    case DetailType::kJsonb:
      if (const auto* json = std::get_if<JsonText>(&value)) return void(params.jsonb(json->text));
      return void(params.null(JSONBOID));
  }
}

}  // namespace

const char* kept(std::string sql) {
  return (new std::string(std::move(sql)))->c_str();
}

std::int64_t differing_columns(const Booking& a, const Booking& b) {
  const std::array<bool, kOwnColumns.size()> own = {a.status != b.status,
                                                    a.attendee_name != b.attendee_name,
                                                    a.attendee_email != b.attendee_email,
                                                    a.attendee_time_zone != b.attendee_time_zone,
                                                    a.seated != b.seated,
                                                    a.moved_in_place != b.moved_in_place,
                                                    a.rescheduled_from_uid != b.rescheduled_from_uid,
                                                    a.rescheduled_to_uid != b.rescheduled_to_uid,
                                                    a.root_uid != b.root_uid,
                                                    a.created_at != b.created_at,
                                                    false};  // updated_at says when, not what
  std::int64_t mask = 0;
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i]) mask |= column_bit(i);
  for (std::size_t i = 0; i < kDetailCount; ++i)
    if (a.details[i] != b.details[i]) mask |= column_bit(own.size() + i);
  return mask;
}

Params booking_params(const std::string& account, const Booking& booking) {
  Params params;
  params.text(account).text(booking.uid);
  params.text(name(booking.status));
  params.text_or_null(booking.attendee_name).text_or_null(booking.attendee_email);
  params.text_or_null(booking.attendee_time_zone);
  params.boolean(booking.seated).boolean(booking.moved_in_place);
  params.text_or_null(booking.rescheduled_from_uid).text_or_null(booking.rescheduled_to_uid);
  params.text(booking.root_uid);
  const bool known = booking.created_at && storable_timestamp(*booking.created_at);
  params.time_optional(known ? booking.created_at : std::nullopt);
  params.time(now());
  for (std::size_t i = 0; i < kDetailCount; ++i) add_detail(params, kDetails[i].type, booking.details[i]);
  return params;
}

namespace {

void insert_facts(Spi& spi, const std::string& account, const std::string& uid, const Facts& facts) {
  static constinit Statement insert{
      R"sql(insert into @extschema@.booking_facts (account, uid, facts) values ($1, $2, $3))sql"};
  spi.run(insert, Params().text(account).text(uid).text(encode_facts(facts)));
}

}  // namespace

// A booking that was inserted manually has no facts yet.
void update_facts(Spi& spi, const std::string& account, const std::string& uid, const Facts& facts) {
  static constinit Statement update{
      R"sql(update @extschema@.booking_facts set facts = $3 where account = $1 and uid = $2)sql"};
  const Rows rows = spi.run(update, Params().text(account).text(uid).text(encode_facts(facts)));
  if (rows.affected() == 0) insert_facts(spi, account, uid, facts);
}

bool insert_booking(Spi& spi, const std::string& account, const Booking& booking, const Facts& facts) {
  static constinit Statement statement{nullptr};
  if (statement.sql == nullptr) statement.sql = kept(insert_sql());
  if (spi.run(statement, booking_params(account, booking)).affected() == 0) return false;
  insert_facts(spi, account, booking.uid, facts);
  return true;
}

void write_columns(Spi& spi, const std::string& account, const Booking& booking, std::int64_t columns) {
  static constinit Statement statement{nullptr};
  if (statement.sql == nullptr) statement.sql = kept(update_sql());
  spi.run(statement, booking_params(account, booking).int8(columns | column_bit(kUpdatedAt)));
}

void update_booking(Spi& spi, const std::string& account, const Booking& before, const Booking& after) {
  write_columns(spi, account, after, differing_columns(before, after));
}

Params attendee_params(const std::string& account, const Booking& booking,
                       const std::vector<const VisibleAttendee*>& attendees) {
  std::vector<std::string> email, name, zone, locale, phone, seat;
  std::vector<std::optional<bool>> no_show;
  std::vector<std::optional<Micros>> removed_at;
  for (const VisibleAttendee* attendee : attendees) {
    const Person& person = attendee->person;
    email.push_back(person.email);
    name.push_back(person.name);
    zone.push_back(person.time_zone);
    locale.push_back(person.locale);
    phone.push_back(person.phone);
    seat.push_back(person.seat_uid);
    no_show.push_back(person.no_show);
    removed_at.push_back(attendee->removed && storable_timestamp(attendee->removed_at)
                             ? std::optional<Micros>(attendee->removed_at)
                             : std::nullopt);
  }
  Params params;
  params.text(account).text(booking.uid).text_or_null(text_of(booking, Detail::kOrganizerEmail));
  params.texts(email).texts_or_null(name).texts_or_null(zone).texts_or_null(locale).texts_or_null(phone);
  params.texts_or_null(seat).booleans(no_show).times(removed_at);
  return params;
}

void upsert_attendees(Spi& spi, const std::string& account, const Booking& booking,
                      const std::vector<const VisibleAttendee*>& attendees) {
  if (attendees.empty()) return;
  static constinit Statement upsert{R"sql(
    insert into @extschema@.booking_attendees as a (
      account, booking_uid, organizer_email, email, name, time_zone, locale, phone, seat_uid, no_show,
      removed_at
    )
    select $1, $2, $3, u.*
    from unnest($4, $5, $6, $7, $8, $9, $10, $11) u
    on conflict (account, booking_uid, email)
    do update set
      organizer_email = excluded.organizer_email, name = excluded.name, time_zone = excluded.time_zone,
      locale = excluded.locale, phone = excluded.phone, seat_uid = excluded.seat_uid,
      no_show = excluded.no_show, removed_at = excluded.removed_at)sql"};
  spi.run(upsert, attendee_params(account, booking, attendees));
}

void remove_attendees(Spi& spi, const std::string& account, const std::string& uid,
                      const std::vector<std::string>& emails) {
  if (emails.empty()) return;
  static constinit Statement remove{R"sql(
    delete from @extschema@.booking_attendees
    where account = $1 and booking_uid = $2 and email = any($3))sql"};
  spi.run(remove, Params().text(account).text(uid).texts(emails));
}

void write_attendees(Spi& spi, const std::string& account, const Booking* before, const Booking& after) {
  constexpr auto kOrganizer = static_cast<std::size_t>(Detail::kOrganizerEmail);
  const bool same_organizer = before != nullptr && before->details[kOrganizer] == after.details[kOrganizer];
  const auto found_in = [](const Booking& booking, const std::string& email) {
    return std::find_if(booking.attendees.begin(), booking.attendees.end(),
                        [&](const VisibleAttendee& one) { return one.person.email == email; });
  };
  std::vector<const VisibleAttendee*> changed;
  for (const auto& attendee : after.attendees) {
    if (same_organizer) {
      const auto old = found_in(*before, attendee.person.email);
      if (old != before->attendees.end() && *old == attendee) continue;
    }
    changed.push_back(&attendee);
  }
  upsert_attendees(spi, account, after, changed);
  // An attendee who turned out to be a host is deleted.
  std::vector<std::string> gone;
  if (before != nullptr)
    for (const auto& old : before->attendees)
      if (found_in(after, old.person.email) == after.attendees.end()) gone.push_back(old.person.email);
  remove_attendees(spi, account, after.uid, gone);
}

}  // namespace calcom::store
