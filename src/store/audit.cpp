// The actor is formatted as in booking_history.
#include "store/audit.hpp"

#include "core/base/text.hpp"
#include "pg/row.hpp"
#include "pg/settings.hpp"
#include "store/change_origin.hpp"

extern "C" {
#include "catalog/pg_type.h"
}

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;

namespace {

constexpr const char* kAllAccounts = "*";
constexpr std::size_t kLongestVia = 200;

// The first six of the row's columns.
Params begun(const std::string& action, const std::optional<std::string>& account,
             const std::optional<std::string>& target) {
  const Micros at = now();
  const char* via = settings().via;
  Params params;
  params.text(account.value_or(kAllAccounts)).uuid(uuid_v7(at)).time(at).text(calling_actor());
  params.text_or_null(via == nullptr ? std::string_view() : cut_utf8(via, kLongestVia));
  params.text(action).text_optional(target);
  return params;
}

void insert_act(Spi& spi, const Params& params) {
  static constinit Statement insert{R"sql(
    insert into @extschema@.calcom_audit (account, id, at, actor, via, action, target, detail)
    values ($1, $2, $3, $4, $5, $6, $7, $8))sql"};
  spi.run(insert, params);
}

}  // namespace

namespace calcom::store {

void note_act(Spi& spi, const Act& act) {
  Params params = begun(act.action, act.account, act.target);
  insert_act(spi, params.jsonb(act.detail.dump()));
}

}  // namespace calcom::store

CALCOM_FUNCTION(calcom_note_act) {
  return entry([&]() -> Datum {
    const Arguments args(fcinfo);
    Params params = begun(args.required_text(0, "action"), args.optional_text(1), args.optional_text(2));
    args.is_null(3) ? params.null(JSONBOID) : params.add(JSONBOID, args.datum(3));
    Spi spi(data_schema());
    insert_act(spi, params);
    return 0;
  });
}
