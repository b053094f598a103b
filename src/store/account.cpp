#include "store/account.hpp"

#include "shmem/refusals.hpp"

namespace calcom::store {

using namespace shmem;

void require_tables(const Schema& schema) {
  const Oid space = schema.oid;
  const bool there = call([=] {
    return OidIsValid(get_relname_relid("calcom_events", space)) &&
           OidIsValid(get_relname_relid("calcom_accounts", space));
  });
  if (there) return;
  shmem::note_refused(shmem::Refusal::kNotSetUp);
  throw sql_error(Error::kNotSetUp, "The data tables are missing.",
                  "Run: SELECT * FROM " + schema.quoted + ".calcom_setup();");
}

bool tables_are_current(Spi& spi) {
  static constinit Statement statement{
      R"sql(select m.value from @extschema@.calcom_meta m where m.key = 'schema_version')sql"};
  const Rows rows = spi.run(statement);
  return !rows.empty() && rows.text(0, 1) == kSchemaVersion;
}

Account load_account(Spi& spi, const std::string& account) {
  static constinit Statement statement{R"sql(
    select
      (select m.value from @extschema@.calcom_meta m where m.key = 'schema_version'),
      a.disabled_at is not null
    from @extschema@.calcom_accounts a
    where a.account = $1)sql"};
  const Rows rows = spi.run(statement, Params().text(account));
  Account found;
  if (rows.empty()) return found;
  found.known = true;
  found.tables_current = rows.text(0, 1) == kSchemaVersion;
  found.disabled = rows.boolean(0, 2);
  return found;
}

}  // namespace calcom::store
