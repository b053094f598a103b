#include "worker/retention.hpp"

#include "pg/log.hpp"
#include "shmem/refusals.hpp"
#include "store/transaction.hpp"

namespace calcom::worker {

using namespace store;

namespace {

constexpr Micros kEvery = kDay;
constexpr Micros kGiveWay = kMinute;
constexpr Micros kAfterFailure = kHour;
constexpr std::int64_t kPortion = 200;  // rows a transaction: each frees some tens of kilobytes

// The server subtracts the interval, because months and daylight saving time count.
std::int64_t erase_of(pg::Spi& spi, const std::string& account, std::int64_t at_most) {
  static constinit pg::Statement statement{R"sql(
    select p.mails + p.events
    from @extschema@.calcom_accounts a
    cross join lateral calcom_internal.prune_some(
      a.account, pg_catalog.clock_timestamp() - a.keep_mail, $2
    ) p
    where a.account = $1)sql"};
  const pg::Rows rows = spi.run(statement, pg::Params().text(account).int8(at_most));
  return rows.empty() ? 0 : rows.int8(0, 1);
}

std::vector<std::string> accounts_with_keep_mail(pg::Spi& spi) {
  static constinit pg::Statement statement{
      R"sql(select a.account from @extschema@.calcom_accounts a where a.keep_mail is not null order by 1)sql"};
  const pg::Rows rows = spi.run(statement);
  std::vector<std::string> accounts;
  for (std::uint64_t row = 0; row < rows.size(); ++row) accounts.push_back(rows.text(row, 1));
  return accounts;
}

void count(pg::Spi& spi, const Lease& lease, std::int64_t erased) {
  static constinit pg::Statement statement{
      R"sql(update @extschema@.calcom_worker_epochs e set erased = e.erased + $2 where e.node = $1)sql"};
  if (erased > 0) spi.run(statement, pg::Params().text(lease.node).int8(erased));
}

// Adds one row to calcom_audit for a pass that erased something, and marks the pass as finished.
void finish(pg::Spi& spi, const Lease& lease) {
  static constinit pg::Statement note{R"sql(
    select calcom_internal.note_act(
      'keep_mail', null, null, pg_catalog.jsonb_build_object('by', 'worker', 'erased', e.erased)
    )
    from @extschema@.calcom_worker_epochs e
    where e.node = $1 and e.erased > 0)sql"};
  spi.run(note, pg::Params().text(lease.node));
  static constinit pg::Statement done{
      R"sql(update @extschema@.calcom_worker_epochs e set erased = 0, erased_at = $2 where e.node = $1)sql"};
  spi.run(done, pg::Params().text(lease.node).time(pg::now()));
}

// True: there may be more, so the pass continues. False: the pass is finished.
bool erase_some(pg::Spi& spi, const Lease& lease) {
  std::int64_t left = kPortion;
  for (const std::string& account : accounts_with_keep_mail(spi)) {
    left -= erase_of(spi, account, left);
    if (left <= 0) break;
  }
  count(spi, lease, kPortion - left);
  if (left <= 0) return true;
  finish(spi, lease);
  return false;
}

}  // namespace

Retention::Retention(const Lease& lease) {
  // A time in the future was written while the clock was wrong.
  if (lease.erased_at && *lease.erased_at <= pg::now()) at_ = *lease.erased_at + kEvery;
}

void Retention::erase(const pg::Schema& schema, const Lease& lease, const WorkerEntry& slot,
                      const std::function<bool()>& still_ours) {
  pg::Failure failure;
  bool more = false;
  const bool committed = transaction(&failure, As::kOwner, [&] {
    if (!still_ours()) return;
    pg::Spi spi(schema);
    more = erase_some(spi, lease);
  });
  const Micros now = pg::now();
  if (committed) {
    at_ = now + (more ? 0 : kEvery);
    // Another database waits for this worker's place: the next worker continues from here.
    if (more && pg_atomic_read_u32(&shared()->crowded) != 0) at_ = now + kGiveWay;
    return;
  }
  if (failure.sqlstate == ERRCODE_READ_ONLY_SQL_TRANSACTION || gave_way(failure)) {
    at_ = now + kGiveWay;
    return;
  }
  at_ = now + kAfterFailure;
  log_failure("could not erase old mail", failure);
  slot.error("could not erase old mail", failure.sqlstate);
}

}  // namespace calcom::worker
