// The database scanner: a worker that runs for a few milliseconds. It connects to a database, because only a connected
// process can read pg_db_role_setting, publishes in shared memory which databases are marked (calcom.worker = on), and
// ends. See docs/decisions/0002-a-database-scanner-reads-the-marks.md.
#include "pg/spi.hpp"
#include "shmem/shared_state.hpp"
#include "store/transaction.hpp"

extern "C" {
#include "postmaster/bgworker.h"
}

namespace calcom::worker {

using namespace shmem;
using namespace store;

namespace {

struct Marks {
  std::vector<Oid> existing;
  std::vector<Oid> marked;
};

// Reads pg_catalog only, so the extension need not exist in this database.
Marks read_marks() {
  static constinit pg::Statement statement{R"sql(
    select
      d.oid::bigint,
      d.datallowconn and not d.datistemplate and exists (
        select
        from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c
        where s.setdatabase = d.oid
          and s.setrole = 0
          and c operator(pg_catalog.~*) '^calcom\.worker=(on|true|yes|1|t|y)$'
      )
    from pg_catalog.pg_database d)sql"};
  Marks marks;
  pg::Spi spi(pg::Schema{});
  const pg::Rows rows = spi.run(statement);
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    const auto database = static_cast<Oid>(rows.int8(row, 1));
    marks.existing.push_back(database);
    if (rows.boolean(row, 2)) marks.marked.push_back(database);
  }
  return marks;
}

bool contains(const Oid* list, std::size_t count, Oid database) {
  for (std::size_t i = 0; i < count; ++i)
    if (list[i] == database) return true;
  return false;
}

void publish(const Marks& marks) {
  const Oid* existing = marks.existing.data();
  const Oid* marked = marks.marked.data();
  const std::size_t existing_count = marks.existing.size();
  const std::size_t marked_count = marks.marked.size();
  pg::call([=] {
    for (std::size_t i = 0; i < marked_count; ++i) find_entry(marked[i], true);
    locked(LW_EXCLUSIVE, [=] {
      for (auto& entry : shared()->entries) {
        if (!OidIsValid(entry.database)) continue;
        entry.marked = contains(marked, marked_count, entry.database);
        // A database created after the snapshot has no worker yet; its next wake-up makes a new entry.
        if (entry.pid == 0 && !contains(existing, existing_count, entry.database))
          entry.database = InvalidOid;
      }
    });
    pg_atomic_fetch_add_u32(&shared()->scans, 1);
  });
}

void scan(Oid database) {
  connect_to(database, "calcom database scanner");
  Marks marks;
  pg::Failure failure;
  if (!transaction(&failure, As::kConnected, [&] { marks = read_marks(); })) throw pg::as_error(failure);
  publish(marks);
}

}  // namespace

}  // namespace calcom::worker

extern "C" CALCOM_EXPORT void calcom_database_scanner_main(Datum argument) {
  calcom::pg::entry([=] { calcom::worker::scan(DatumGetObjectId(argument)); });
}
