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

std::string column_list(std::string_view separator, bool assignments) {
  std::string list;
  int parameter = 3;
  const auto append = [&](std::string_view column) {
    if (!list.empty()) list += separator;
    list += column;
    if (assignments) list += " = $" + std::to_string(parameter);
    ++parameter;
  };
  for (const auto column : kOwnColumns) append(column);
  for (const auto& detail : kDetails) append(detail.column);
  return list;
}

std::string parameter_list() {
  std::string list = "$1, $2";
  for (std::size_t i = 0; i < kOwnColumns.size() + kDetailCount; ++i) list += ", $" + std::to_string(i + 3);
  return list;
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
  if (statement.sql == nullptr)
    statement.sql = kept("insert into @extschema@.bookings (account, uid, " + column_list(", ", false) +
                         ") values (" + parameter_list() + ") on conflict do nothing");
  if (spi.run(statement, booking_params(account, booking)).affected() == 0) return false;
  static constinit Statement insert_facts{
      "insert into @extschema@.booking_facts (account, uid, facts) values ($1, $2, $3)"};
  spi.run(insert_facts, Params().text(account).text(booking.uid).text(encode_facts(facts)));
  return true;
}

void update_booking(Spi& spi, const std::string& account, const Booking& booking) {
  static constinit Statement statement{nullptr};
  if (statement.sql == nullptr)
    statement.sql = kept("update @extschema@.bookings set " + column_list(", ", true) +
                         " where account = $1 and uid = $2");
  spi.run(statement, booking_params(account, booking));
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
