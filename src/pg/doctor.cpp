// What calcom_doctor() cannot ask in SQL: is the library preloaded, and what else is; what was refused.
#include "core/json_compose.hpp"
#include "core/timestamp.hpp"
#include "pg/text.hpp"
#include "worker/shared.hpp"

using namespace calcom;
using namespace calcom::pg;

CALCOM_FUNCTION(calcom_preloaded) {
  return entry([&] { return BoolGetDatum(worker::preloaded()); });
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
    for (const auto& record : worker::refusals()) {
      JsonObject object;
      object.set("reason", worker::refusal_name(record.refusal));
      object.set("count", record.count);
      if (record.last_at) object.set("last_at", format_timestamp(*record.last_at));
      list.push(std::move(object));
    }
    const Datum json = text_datum(list.dump());
    return call([=] {
      return DirectFunctionCall1(jsonb_in,
                                 CStringGetDatum(text_to_cstring(reinterpret_cast<const varlena*>(json))));
    });
  });
}
