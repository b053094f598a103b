// The composite value that a function with OUT parameters returns.
#pragma once

#include <array>
#include <optional>

#include "pg/text.hpp"

namespace calcom::pg {

// One cell a column, nullopt for null, in the order of the OUT parameters.
template <std::size_t N>
Datum make_row(FunctionCallInfo fcinfo, const std::array<std::optional<Datum>, N>& cells) {
  std::array<Datum, N> values{};
  std::array<bool, N> nulls{};
  for (std::size_t i = 0; i < N; ++i) {
    nulls[i] = !cells[i];
    values[i] = cells[i].value_or(static_cast<Datum>(0));
  }
  Datum* data = values.data();
  bool* flags = nulls.data();
  return call([=] {
    TupleDesc descriptor;
    if (get_call_result_type(fcinfo, nullptr, &descriptor) != TYPEFUNC_COMPOSITE)
      elog(ERROR, "the function must be called where a row is accepted");
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), data, flags));
  });
}

inline std::optional<Datum> text_cell(const std::string& value) {
  return value.empty() ? std::nullopt : std::optional<Datum>(text_datum(value));
}

}  // namespace calcom::pg
