// calcom_ingest_batch: up to 64 deliveries in one transaction, one row each, in order. Refused items are
// rows, not errors, so that a forged one never affects its neighbours; what is merged is merged in one
// subtransaction, and item by item only when that fails.
#include <algorithm>
#include <map>

#include "ingest/delivery.hpp"
#include "ingest/verify_delivery.hpp"
#include "pg/row.hpp"
#include "store/account.hpp"

extern "C" {
#include "utils/array.h"
}

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::ingest;

namespace {

constexpr std::size_t kMaxItems = 64;

struct BatchItem {
  std::string body, signature, account;
  bool body_missing = false;
  Receipt receipt;
  std::string sqlstate;  // of a refused item
  Delivery delivery;
  std::optional<Settlement> settlement;
  bool stored_before = false;

  bool accepted() const { return sqlstate.empty(); }
  bool fresh() const { return accepted() && !stored_before; }
};

struct Elements {
  Datum* values = nullptr;
  bool* nulls = nullptr;
  int count = 0;
};

Elements elements(Datum array, Oid type) {
  return call([=] {
    Elements all;
    int16 length;
    bool by_value;
    char align;
    get_typlenbyvalalign(type, &length, &by_value, &align);
    deconstruct_array(DatumGetArrayTypeP(array), type, length, by_value, align, &all.values, &all.nulls,
                      &all.count);
    return all;
  });
}

std::vector<BatchItem> read_items(const Arguments& args) {
  const Elements bodies = elements(args.datum(0), BYTEAOID), signatures = elements(args.datum(1), TEXTOID),
                 accounts = elements(args.datum(2), TEXTOID);
  if (bodies.count != signatures.count || bodies.count != accounts.count)
    throw SqlError{ERRCODE_ARRAY_SUBSCRIPT_ERROR,
                   "bodies, signatures and accounts must have the same length"};
  if (static_cast<std::size_t>(bodies.count) > kMaxItems)
    throw SqlError{ERRCODE_PROGRAM_LIMIT_EXCEEDED, "too many deliveries in one batch",
                   "At most " + std::to_string(kMaxItems) + " are taken.", "Send them in several calls."};
  std::vector<BatchItem> items(static_cast<std::size_t>(bodies.count));
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i].body_missing = bodies.nulls[i];
    if (!bodies.nulls[i]) items[i].body = bytea_string(bodies.values[i]);
    if (!signatures.nulls[i]) items[i].signature = text_string(signatures.values[i]);
    items[i].account = accounts.nulls[i] ? "default" : text_string(accounts.values[i]);
  }
  return items;
}

// What is raised for a single delivery becomes the item's row here.
void refuse(BatchItem& item, const SqlError& refused) {
  item.sqlstate = unpack_sql_state(refused.sqlstate);
  item.receipt.outcome = "refused";
  item.receipt.detail = refused.message;
}

// A secret file that cannot be read refuses only the deliveries of its account.
void load(Spi& spi, BatchItem& item, std::map<std::string, Credentials>& credentials) {
  if (credentials.contains(item.account)) return;
  try {
    credentials.emplace(item.account, load_credentials(spi, item.account));
  } catch (const SqlError& refused) {
    refuse(item, refused);
  }
}

void check(BatchItem& item, const std::map<std::string, Credentials>& credentials) {
  try {
    if (item.body_missing) throw SqlError{ERRCODE_NULL_VALUE_NOT_ALLOWED, "body must not be null"};
    check_body_size(item.body.size());
    authenticate(credentials.at(item.account), item.body, item.signature);
  } catch (const SqlError& refused) {
    refuse(item, refused);
  }
}

// All batches claim digests in the same order, so that two batches with the same bodies cannot deadlock.
void claim_digests(Spi& spi, std::vector<BatchItem>& items) {
  std::vector<BatchItem*> order;
  for (BatchItem& item : items)
    if (item.accepted()) order.push_back(&item);
  std::stable_sort(order.begin(), order.end(), [](const BatchItem* a, const BatchItem* b) {
    return std::tie(a->account, a->delivery.digest) < std::tie(b->account, b->delivery.digest);
  });
  for (BatchItem* item : order) {
    const auto known = claim_digest(spi, item->account, item->delivery.digest, item->delivery.stored.id);
    if (!known) continue;
    item->stored_before = true;
    item->receipt.event_id = *known;
  }
}

void merge(Spi& spi, std::vector<BatchItem>& items, const std::map<std::string, Credentials>& credentials) {
  std::vector<PendingMerge> pending;
  pending.reserve(items.size());
  std::vector<std::pair<BatchItem*, std::size_t>> waiting;
  for (BatchItem& item : items) {
    if (!item.fresh()) continue;
    read_delivery(&item.delivery);
    item.settlement =
        settle_at_once(item.delivery.parsed, credentials.at(item.account).account.tables_current);
    if (item.settlement) continue;
    waiting.emplace_back(&item, pending.size());
    pending.push_back({item.delivery.stored, &item.delivery.parsed.event, {}});
  }
  std::vector<PendingMerge*> all;
  all.reserve(pending.size());
  for (PendingMerge& one : pending) all.push_back(&one);
  try_merge_all(spi, all);
  for (auto& [item, index] : waiting) item->settlement = pending[index].settlement;
}

void ingest_items(Spi& spi, std::vector<BatchItem>& items) {
  std::map<std::string, Credentials> credentials;
  for (BatchItem& item : items) {
    load(spi, item, credentials);
    if (item.accepted()) check(item, credentials);
    if (item.accepted()) item.delivery = receive_delivery(item.account, std::move(item.body));
  }
  claim_digests(spi, items);
  merge(spi, items, credentials);
  for (BatchItem& item : items)
    if (item.fresh()) item.receipt = store_delivery(spi, item.delivery, *item.settlement);
  for (BatchItem& item : items)
    if (item.accepted() && item.stored_before)
      item.receipt = repeated_delivery(spi, item.account, item.receipt.event_id);
}

void put_item(FunctionCallInfo fcinfo, int position, const BatchItem& item) {
  const std::optional<Datum> id =
      item.accepted() ? std::optional(uuid_datum(item.receipt.event_id)) : std::nullopt;
  put_row<6>(fcinfo,
             {Int32GetDatum(position), text_datum(item.receipt.outcome), id,
              text_cell(item.receipt.booking_uid), text_cell(item.receipt.detail), text_cell(item.sqlstate)});
}

}  // namespace

CALCOM_FUNCTION(calcom_ingest_batch) {
  return entry(
      [&]() -> Datum {
        const Arguments args(fcinfo);
        const Schema schema = data_schema();
        for (int i = 0; i < 3; ++i)
          if (args.is_null(i))
            throw SqlError{ERRCODE_NULL_VALUE_NOT_ALLOWED,
                           "bodies, signatures and accounts must not be null"};
        std::vector<BatchItem> items = read_items(args);
        require_tables(schema);
        {
          Spi spi(schema);
          ingest_items(spi, items);
        }
        begin_rows(fcinfo);
        for (std::size_t i = 0; i < items.size(); ++i) put_item(fcinfo, static_cast<int>(i) + 1, items[i]);
        return 0;
      },
      Statements::kHidden);
}
