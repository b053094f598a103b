// Result rows: the composite value of a function with OUT parameters, and the rows of a set-returning function.
#pragma once

#include <array>
#include <optional>

#include "pg/text.hpp"

extern "C" {
#include "utils/tuplestore.h"
}

namespace calcom::pg {

template <std::size_t N>
struct RowCells {
  std::array<Datum, N> values{};
  std::array<bool, N> nulls{};
  explicit RowCells(const std::array<std::optional<Datum>, N>& cells) {
    for (std::size_t i = 0; i < N; ++i) {
      nulls[i] = !cells[i];
      values[i] = cells[i].value_or(static_cast<Datum>(0));
    }
  }
};

// One cell a column, nullopt for null, in the order of the OUT parameters.
template <std::size_t N>
Datum make_row(FunctionCallInfo fcinfo, const std::array<std::optional<Datum>, N>& cells) {
  RowCells<N> row(cells);
  Datum* data = row.values.data();
  bool* flags = row.nulls.data();
  return call([=] {
    TupleDesc descriptor;
    if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
      elog(ERROR, "the function must be called where a row is accepted");
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), data, flags));
  });
}

// Before the first put_row of a function that returns a set; its own result is then 0.
inline void begin_rows(FunctionCallInfo fcinfo) {
  call([=] { init_materialized_srf(fcinfo); });
}

template <std::size_t N>
void put_row(FunctionCallInfo fcinfo, const std::array<std::optional<Datum>, N>& cells) {
  RowCells<N> row(cells);
  const auto* result = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo);
  Datum* data = row.values.data();
  bool* flags = row.nulls.data();
  call([=] { tuplestore_putvalues(result->setResult, result->setDesc, data, flags); });
}

inline std::optional<Datum> text_cell(const std::string& value) {
  return value.empty() ? std::nullopt : std::optional<Datum>(text_datum(value));
}

}  // namespace calcom::pg
