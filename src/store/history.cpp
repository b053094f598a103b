// The triggers that write booking_history, so that every change is recorded: old and new values, actor and event. Values
// are JSON; times are RFC 3339 in UTC, independent of the session's settings.
#include "core/base/json_compose.hpp"
#include "core/base/timestamp.hpp"
#include "core/booking/stored_words.hpp"
#include "pg/spi.hpp"
#include "store/change_origin.hpp"
#include "store/event_store.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "utils/datum.h"
#include "utils/rel.h"
}

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;

namespace {

struct Cell {
  Datum value = 0;
  bool null = true;
};

Cell cell_of(HeapTuple tuple, TupleDesc descriptor, int column) {
  if (tuple == nullptr) return {};
  Cell cell;
  cell.value = call([&] { return heap_getattr(tuple, column, descriptor, &cell.null); });
  return cell;
}

bool same(const Cell& a, const Cell& b, Form_pg_attribute attribute) {
  if (a.null || b.null) return a.null == b.null;
  return call([&] { return datum_image_eq(a.value, b.value, attribute->attbyval, attribute->attlen); });
}

std::string json_text_of(Datum jsonb) {
  const char* rendered = call([=] { return DatumGetCString(DirectFunctionCall1(jsonb_out, jsonb)); });
  return rendered;
}

// A JSON object under construction; values arrive as JSON text, jsonb columns unchanged.
class ObjectText {
 public:
  void set(const std::string& name, const std::string& json) {
    text_ += text_.empty() ? "{" : ",";
    text_ += JsonValue(name).dump() + ":" + json;
  }
  std::string done() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

std::string json_of(const Cell& cell, Oid type) {
  if (cell.null) return "null";
  switch (type) {
    case BOOLOID:
      return DatumGetBool(cell.value) ? "true" : "false";
    case INT8OID:
      return std::to_string(DatumGetInt64(cell.value));
    case TIMESTAMPTZOID:
      return JsonValue(format_timestamp(from_timestamptz(DatumGetTimestampTz(cell.value)))).dump();
    case TEXTOID:
      return JsonValue(text_string(cell.value)).dump();
    case JSONBOID:
      return json_text_of(cell.value);
    default: {  // a column that the user added: its text form
      const char* shown = call([&] {
        Oid output;
        bool varlena;
        getTypeOutputInfo(type, &output, &varlena);
        return static_cast<const char*>(OidOutputFunctionCall(output, cell.value));
      });
      return JsonValue(shown).dump();
    }
  }
}

struct Change {
  std::string old_values, new_values;  // JSON objects
  bool any = false;
  std::string old_status, new_status;
  bool start_changed = false;
};

// Columns written in every change of an attendee, so that "removed" names the person.
bool identifies(std::string_view column, bool attendee) {
  return attendee && column == "email";
}

// INVARIANT: updated_at alone is no change; account and uid are the history row's own columns.
bool skipped(std::string_view column) {
  return column == "updated_at" || column == "account" || column == "uid" || column == "booking_uid";
}

Change compare(HeapTuple before, HeapTuple after, TupleDesc descriptor, bool attendee) {
  Change change;
  ObjectText old_values, new_values;
  const bool update = before != nullptr && after != nullptr;
  for (int i = 0; i < descriptor->natts; ++i) {
    Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
    const std::string name = NameStr(attribute->attname);
    if (attribute->attisdropped || skipped(name)) continue;
    const Cell old_cell = cell_of(before, descriptor, i + 1);
    const Cell new_cell = cell_of(after, descriptor, i + 1);
    if (name == "status") {
      if (!old_cell.null) change.old_status = text_string(old_cell.value);
      if (!new_cell.null) change.new_status = text_string(new_cell.value);
    }
    const bool changed = !same(old_cell, new_cell, attribute);
    change.any = change.any || changed;
    if (!changed && !identifies(name, attendee)) continue;
    if (changed && name == "start_time") change.start_changed = !old_cell.null && !new_cell.null;
    if (update || !old_cell.null) old_values.set(name, json_of(old_cell, attribute->atttypid));
    if (update || !new_cell.null) new_values.set(name, json_of(new_cell, attribute->atttypid));
  }
  if (before != nullptr) change.old_values = old_values.done();
  if (after != nullptr) change.new_values = new_values.done();
  return change;
}

// A change of status is named by the new status.
HistoryAction booking_action(const Change& change, bool inserted, bool deleted) {
  if (inserted) return HistoryAction::kCreated;
  if (deleted) return HistoryAction::kDeleted;
  if (change.old_status != change.new_status)
    return parse<HistoryAction>(change.new_status).value_or(HistoryAction::kUpdated);
  return change.start_changed ? HistoryAction::kMoved : HistoryAction::kUpdated;
}

std::string column_text(HeapTuple tuple, TupleDesc descriptor, const char* name) {
  const int column = call([=] { return SPI_fnumber(descriptor, name); });
  const Cell cell = cell_of(tuple, descriptor, column);
  return cell.null ? std::string() : text_string(cell.value);
}

bool is_removed(HeapTuple tuple, TupleDesc descriptor) {
  const int column = call([=] { return SPI_fnumber(descriptor, "removed_at"); });
  return !cell_of(tuple, descriptor, column).null;
}

HistoryAction attendee_action(HeapTuple before, HeapTuple after, TupleDesc descriptor) {
  if (before == nullptr)
    return is_removed(after, descriptor) ? HistoryAction::kAttendeeRemoved : HistoryAction::kAttendeeAdded;
  if (after == nullptr) return HistoryAction::kAttendeeDeleted;
  const bool was = is_removed(before, descriptor), is = is_removed(after, descriptor);
  if (was == is) return HistoryAction::kAttendeeUpdated;
  return is ? HistoryAction::kAttendeeRemoved : HistoryAction::kAttendeeReturned;
}

struct Row {
  std::string account, uid;
  HistoryAction action = HistoryAction::kUpdated;
  Change change;
};

void insert_history(Spi& spi, const Row& row, const std::string& actor, Micros at) {
  static constinit Statement insert{R"sql(
    insert into @extschema@.booking_history (
      account, id, booking_uid, event_id, action, actor, at, old_values, new_values
    )
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9))sql"};
  const ChangeOrigin& cause = current_origin();
  Params params;
  params.text(row.account).uuid(uuid_v7(at)).text(row.uid);
  cause.has_event ? params.uuid(cause.event_id) : params.null(UUIDOID);
  params.text(name(row.action)).text(actor).time(at);
  row.change.old_values.empty() ? params.null(JSONBOID) : params.jsonb(row.change.old_values);
  row.change.new_values.empty() ? params.null(JSONBOID) : params.jsonb(row.change.new_values);
  spi.run(insert, params);
}

// A manual change is an input of its own, so it is stored in the log too.
void log_change_by_hand(Spi& spi, const Row& row, const char* table, const std::string& actor, Micros at) {
  ObjectText body;
  body.set("table", JsonValue(table).dump());
  body.set("action", JsonValue(std::string(name(row.action))).dump());
  body.set("actor", JsonValue(actor).dump());
  if (!row.change.old_values.empty()) body.set("old", row.change.old_values);
  if (!row.change.new_values.empty()) body.set("new", row.change.new_values);
  store_change_by_hand(spi, row.account, row.uid, uuid_v7(at), at, body.done());
}

TriggerData* trigger_data(FunctionCallInfo fcinfo) {
  if (!CALLED_AS_TRIGGER(fcinfo))
    throw SqlError{ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
                   "this function can only be called as a trigger"};
  return reinterpret_cast<TriggerData*>(fcinfo->context);
}

Datum record_change(FunctionCallInfo fcinfo, bool attendee) {
  return entry([&] {
    TriggerData* data = trigger_data(fcinfo);
    const bool inserted = TRIGGER_FIRED_BY_INSERT(data->tg_event),
               deleted = TRIGGER_FIRED_BY_DELETE(data->tg_event);
    HeapTuple before = inserted ? nullptr : data->tg_trigtuple;
    HeapTuple after = inserted ? data->tg_trigtuple : deleted ? nullptr : data->tg_newtuple;
    TupleDesc descriptor = data->tg_relation->rd_att;
    Row row;
    row.change = compare(before, after, descriptor, attendee);
    if (!row.change.any) return PointerGetDatum(nullptr);
    HeapTuple standing = after != nullptr ? after : before;
    row.account = column_text(standing, descriptor, "account");
    row.uid = column_text(standing, descriptor, attendee ? "booking_uid" : "uid");
    row.action =
        attendee ? attendee_action(before, after, descriptor) : booking_action(row.change, inserted, deleted);
    Spi spi(data_schema());
    const bool by_hand = current_origin().actor == nullptr;
    const std::string actor = by_hand ? calling_actor() : current_origin().actor;
    const Micros at = now();
    insert_history(spi, row, actor, at);
    if (by_hand) log_change_by_hand(spi, row, attendee ? "booking_attendees" : "bookings", actor, at);
    return PointerGetDatum(nullptr);
  });
}

}  // namespace

CALCOM_FUNCTION(calcom_booking_changed) {
  return record_change(fcinfo, false);
}

CALCOM_FUNCTION(calcom_attendee_changed) {
  return record_change(fcinfo, true);
}

CALCOM_FUNCTION(calcom_history_is_append_only) {
  return entry([&]() -> Datum {
    const TriggerData* data = trigger_data(fcinfo);
    throw SqlError{
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        std::string(RelationGetRelationName(data->tg_relation)) + " is append-only",
        "Rows of the audit trail are never changed or removed.",
        "To erase a person's data use the functions made for it; to record a correction change the booking."};
  });
}
