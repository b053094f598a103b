// Functions for calcom_doctor() and calcom_status: preloaded libraries, refused deliveries, state of the worker.
#include "core/base/json_compose.hpp"
#include "core/base/timestamp.hpp"
#include "pg/text.hpp"
#include "shmem/shared_state.hpp"
#include "shmem/worker_state.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::shmem;

namespace {

Datum jsonb_datum(const std::string& text) {
  const Datum json = text_datum(text);
  return call([=] {
    return DirectFunctionCall1(jsonb_in,
                               CStringGetDatum(text_to_cstring(reinterpret_cast<const varlena*>(json))));
  });
}

void set_time(JsonObject& object, std::string_view name, Micros at) {
  if (at != 0) object.set(name, format_timestamp(at));
}

}  // namespace

CALCOM_FUNCTION(calcom_preloaded) {
  return entry([&] { return BoolGetDatum(shmem::preloaded()); });
}

CALCOM_FUNCTION(calcom_preload_libraries) {
  return entry([&] {
    return text_datum(shared_preload_libraries_string != nullptr ? shared_preload_libraries_string : "");
  });
}

CALCOM_FUNCTION(calcom_library_version) {
  return entry([&] { return text_datum(CALCOM_VERSION); });
}

CALCOM_FUNCTION(calcom_refusals) {
  return entry([&] {
    JsonArray list;
    for (const auto& record : shmem::refusals()) {
      JsonObject object;
      object.set("source", shmem::of_resend(record.refusal) ? "resend" : "calcom");
      object.set("reason", shmem::refusal_name(record.refusal));
      object.set("count", record.count);
      if (record.last_at) object.set("last_at", format_timestamp(*record.last_at));
      list.push(std::move(object));
    }
    return jsonb_datum(list.dump());
  });
}

CALCOM_FUNCTION(calcom_worker_state) {
  return entry([&] {
    JsonObject object;
    const auto state = shmem::worker_state();
    if (!state) return jsonb_datum(object.dump());
    if (state->pid != 0) object.set("pid", state->pid);
    if (state->pid != 0) set_time(object, "started_at", state->started_at);
    set_time(object, "next_due", state->next_due);
    if (!state->last_error.empty()) object.set("last_error", state->last_error);
    set_time(object, "last_error_at", state->last_error_at);
    if (state->rate_per_second > 0) object.set("rate_per_second", state->rate_per_second);
    if (state->rate_limit > 0)
      object.set("rate_limit", state->rate_limit).set("rate_remaining", state->rate_remaining);
    return jsonb_datum(object.dump());
  });
}
