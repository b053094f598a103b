// Writing of bookings, facts and attendees (booking_store.hpp). The column lists come from kDetails, so that
// a new detail needs no change here.
#include "pg/booking_store.hpp"

namespace calcom::pg {

namespace {

constexpr std::array<std::string_view, 11> kOwnColumns = {
    "status",         "attendee_name",        "attendee_email",     "attendee_time_zone", "seated",
    "moved_in_place", "rescheduled_from_uid", "rescheduled_to_uid", "root_uid",           "created_at",
    "updated_at"};

// Made once per backend and kept for its life: a Statement points into it.
const char* kept(std::string sql) {
  return (new std::string(std::move(sql)))->c_str();
}

constexpr std::size_t kColumnCount = kOwnColumns.size() + kDetailCount;
static_assert(kColumnCount < 63, "the columns to write are told in the bits of a bigint");

std::string_view column(std::size_t i) {
  return i < kOwnColumns.size() ? kOwnColumns[i] : kDetails[i - kOwnColumns.size()].column;
}

std::string insert_sql() {
  std::string columns = "account, uid", parameters = "$1, $2";
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    (columns += ", ") += column(i);
    parameters += ", $" + std::to_string(i + 3);
  }
  return "insert into @extschema@.bookings (" + columns + ") values (" + parameters +
         ") on conflict do nothing";
}

// One statement for every set of columns: the last parameter has a bit set for each that is to be written.
std::string update_sql() {
  const std::string mask = "$" + std::to_string(kColumnCount + 3);
  std::string assignments;
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    if (i > 0) assignments += ", ";
    (assignments += column(i)) += " = case when " + mask + " & " + std::to_string(1LL << i) + " <> 0 then $" +
                                  std::to_string(i + 3) + " else b.";
    (assignments += column(i)) += " end";
  }
  return "update @extschema@.bookings b set " + assignments + " where b.account = $1 and b.uid = $2";
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
                                                    true};  // updated_at
  std::int64_t mask = 0;
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own[i]) mask |= 1LL << i;
  for (std::size_t i = 0; i < kDetailCount; ++i)
    if (a.details[i] != b.details[i]) mask |= 1LL << (own.size() + i);
  return mask;
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

Params booking_params(const std::string& account, const Booking& booking) {
  Params params;
  params.text(account).text(booking.uid);
  params.text(step_name(booking.status));
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

}  // namespace

bool insert_booking(Spi& spi, const std::string& account, const Booking& booking, const Facts& facts) {
  static constinit Statement statement{nullptr};
  if (statement.sql == nullptr) statement.sql = kept(insert_sql());
  if (spi.run(statement, booking_params(account, booking)).affected() == 0) return false;
  static constinit Statement insert_facts{
      "insert into @extschema@.booking_facts (account, uid, facts) values ($1, $2, $3)"};
  spi.run(insert_facts, Params().text(account).text(booking.uid).text(encode_facts(facts)));
  return true;
}

void update_booking(Spi& spi, const std::string& account, const Booking& before, const Booking& after) {
  static constinit Statement statement{nullptr};
  if (statement.sql == nullptr) statement.sql = kept(update_sql());
  spi.run(statement, booking_params(account, after).int8(differing_columns(before, after)));
}

void update_facts(Spi& spi, const std::string& account, const std::string& uid, const Facts& facts) {
  static constinit Statement statement{
      "update @extschema@.booking_facts set facts = $3 where account = $1 and uid = $2"};
  spi.run(statement, Params().text(account).text(uid).text(encode_facts(facts)));
}

void write_attendees(Spi& spi, const std::string& account, const Booking* before, const Booking& after) {
  const Value& organizer_value = after.details[static_cast<std::size_t>(Detail::kOrganizerEmail)];
  const auto* organizer = std::get_if<std::string>(&organizer_value);
  const bool same_organizer =
      before != nullptr &&
      before->details[static_cast<std::size_t>(Detail::kOrganizerEmail)] == organizer_value;

  std::vector<std::string> email, name, zone, locale, phone, seat;
  std::vector<std::optional<bool>> no_show;
  std::vector<std::optional<Micros>> removed_at;
  const auto unchanged = [&](const VisibleAttendee& attendee) {
    if (!same_organizer) return false;
    for (const auto& old : before->attendees)
      if (old.person.email == attendee.person.email) return old == attendee;
    return false;
  };
  for (const auto& attendee : after.attendees) {
    if (unchanged(attendee)) continue;
    email.push_back(attendee.person.email);
    name.push_back(attendee.person.name);
    zone.push_back(attendee.person.time_zone);
    locale.push_back(attendee.person.locale);
    phone.push_back(attendee.person.phone);
    seat.push_back(attendee.person.seat_uid);
    no_show.push_back(attendee.person.no_show);
    removed_at.push_back(attendee.removed && storable_timestamp(attendee.removed_at)
                             ? std::optional<Micros>(attendee.removed_at)
                             : std::nullopt);
  }
  if (!email.empty()) {
    static constinit Statement upsert{
        "insert into @extschema@.booking_attendees as a"
        " (account, booking_uid, organizer_email, email, name, time_zone, locale, phone, seat_uid, no_show, "
        "removed_at)"
        " select $1, $2, $3, u.* from unnest($4, $5, $6, $7, $8, $9, $10, $11) u"
        " on conflict (account, booking_uid, email) do update set"
        " organizer_email = excluded.organizer_email, name = excluded.name, time_zone = excluded.time_zone,"
        " locale = excluded.locale, phone = excluded.phone, seat_uid = excluded.seat_uid,"
        " no_show = excluded.no_show, removed_at = excluded.removed_at"};
    Params params;
    params.text(account).text(after.uid).text_or_null(organizer != nullptr ? *organizer : std::string());
    params.texts(email).texts_or_null(name).texts_or_null(zone).texts_or_null(locale).texts_or_null(phone);
    params.texts_or_null(seat).booleans(no_show).times(removed_at);
    spi.run(upsert, params);
  }
  // Somebody who turned out to be a host is no attendee, and never was.
  std::vector<std::string> gone;
  if (before != nullptr)
    for (const auto& old : before->attendees) {
      bool still = false;
      for (const auto& attendee : after.attendees) still = still || attendee.person.email == old.person.email;
      if (!still) gone.push_back(old.person.email);
    }
  if (gone.empty()) return;
  static constinit Statement remove{
      "delete from @extschema@.booking_attendees where account = $1 and booking_uid = $2 and email = "
      "any($3)"};
  spi.run(remove, Params().text(account).text(after.uid).texts(gone));
}

}  // namespace calcom::pg
