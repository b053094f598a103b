// Locking and loading of bookings (booking_store.hpp).
//
// Lock order: an event with a link takes the account's link lock before any row lock. An event without a link locks
// exactly one row and waits for nothing afterwards. So merges cannot deadlock.
#include <algorithm>
#include <set>

#include "store/booking_store.hpp"

namespace calcom::store {

Facts decoded_facts(const std::string& uid, const std::string& text) {
  std::optional<Facts> facts = decode_facts(text);
  if (!facts)
    throw SqlError{
        ERRCODE_DATA_CORRUPTED, "stored facts of a booking cannot be read", "Booking uid: " + uid + ".",
        "The row was written by a later version of calcom or by hand. Update the library, then call "
        "calcom_merge_deferred()."};
  return *std::move(facts);
}

namespace {

// A booking that was inserted manually has no facts.
void add_rows(const Rows& rows, FactsByUid* facts) {
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    const std::string uid = rows.text(row, 1);
    facts->insert_or_assign(uid, rows.is_null(row, 2) ? Facts{} : decoded_facts(uid, rows.text(row, 2)));
  }
}

Rows select_facts(Spi& spi, const std::string& account, const std::vector<std::string>& uids) {
  static constinit Statement statement{R"sql(
    select b.uid, f.facts
    from @extschema@.bookings b
    left join @extschema@.booking_facts f on f.account = b.account and f.uid = b.uid
    where b.account = $1 and b.uid = any($2))sql"};
  return spi.run(statement, Params().text(account).texts(uids));
}

void lock_rows(Spi& spi, const std::string& account, const std::vector<std::string>& uids) {
  static constinit Statement statement{R"sql(
    select 1
    from @extschema@.bookings b
    where b.account = $1 and b.uid = any($2)
    order by b.uid collate "C"
    for update)sql"};
  spi.run(statement, Params().text(account).texts(uids));
}

void take_link_lock(Spi& spi, const std::string& account) {
  static constinit Statement statement{R"sql(
    select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('calcom links of ' || $1, 0)))sql"};
  spi.run(statement, Params().text(account));
}

std::vector<std::string> unseen_neighbours(const FactsByUid& facts, std::set<std::string>* seen) {
  std::vector<std::string> next;
  const auto visit = [&](const std::vector<Link>& links) {
    for (const Link& link : links)
      if (seen->insert(link.uid).second) next.push_back(link.uid);
  };
  for (const auto& [uid, row] : facts) {
    visit(row.predecessors);
    visit(row.successors);
  }
  std::sort(next.begin(), next.end());
  return next;
}

bool any_links(const FactsByUid& facts) {
  return std::any_of(facts.begin(), facts.end(), [](const auto& entry) {
    return !entry.second.predecessors.empty() || !entry.second.successors.empty();
  });
}

void follow_chains(Spi& spi, const std::string& account, bool lock, std::set<std::string> seen,
                   FactsByUid* facts) {
  for (;;) {
    const std::vector<std::string> next = unseen_neighbours(*facts, &seen);
    if (next.empty()) return;
    if (lock) lock_rows(spi, account, next);
    add_rows(select_facts(spi, account, next), facts);
  }
}

}  // namespace

LoadedBookings lock_and_load(Spi& spi, const std::string& account, const std::vector<std::string>& uids,
                             bool event_links) {
  LoadedBookings loaded;
  loaded.whole_chain = event_links;
  if (!event_links) {  // read without a lock first: is this booking part of a chain?
    add_rows(select_facts(spi, account, uids), &loaded.facts);
    loaded.whole_chain = any_links(loaded.facts);
    loaded.facts.clear();
  }
  if (loaded.whole_chain) take_link_lock(spi, account);
  lock_rows(spi, account, uids);
  add_rows(select_facts(spi, account, uids), &loaded.facts);
  if (loaded.whole_chain) {
    follow_chains(spi, account, true, {uids.begin(), uids.end()}, &loaded.facts);
  } else if (any_links(loaded.facts)) {  // linked between look and lock: taking the link lock now would break
                                         // the order
    throw SqlError{ERRCODE_LOCK_NOT_AVAILABLE, "the booking was linked to another one at this moment"};
  }
  return loaded;
}

FactsByUid read_facts(Spi& spi, const std::string& account, const std::vector<std::string>& uids) {
  FactsByUid facts;
  add_rows(select_facts(spi, account, uids), &facts);
  return facts;
}

std::optional<Booking> read_booking(Spi& spi, const std::string& account, const std::string& uid) {
  FactsByUid facts = read_facts(spi, account, {uid});
  if (facts.empty()) return std::nullopt;
  follow_chains(spi, account, false, {uid}, &facts);
  auto bookings = project_chain(facts);
  return std::move(bookings.at(uid));
}

}  // namespace calcom::store
