// The SQL of the proxy and what its rows mean. A delivery alone is one call; several that wait at the same
// time share one call of calcom_ingest_batch and so one commit.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "proxy/base/ingester.hpp"
#include "proxy/database/pg_connection.hpp"

namespace calcom::proxy {

inline constexpr std::size_t kMaxBatchItems = 64;  // what calcom_ingest_batch takes
inline constexpr std::size_t kMaxBatchBytes = 4 * 1024 * 1024;

struct Call {
  std::string sql;
  std::vector<Parameter> parameters;  // point into the deliveries
};

Call single_call(const std::string& schema, const Delivery& delivery);
Call batch_call(const std::string& schema, const std::vector<const Delivery*>& deliveries);

Answer to_answer(const QueryResult& result);
// One answer an item. `result` is no error; fewer rows than items are no word that anything was stored.
std::vector<Answer> batch_answers(const QueryResult& result, std::size_t items);

}  // namespace calcom::proxy
