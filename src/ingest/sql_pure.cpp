// SQL functions that only compute: signatures and parsing. Nothing is read or stored.
#include "core/booking/event.hpp"
#include "core/webhook/signature.hpp"
#include "pg/errors.hpp"
#include "pg/row.hpp"
#include "pg/text.hpp"

using namespace calcom;
using namespace calcom::pg;

namespace {

Datum verified(const std::string& body, const Arguments& args) {
  const SignatureVerdict verdict = verify(body, args.text(1), args.text(2));
  return BoolGetDatum(verdict == SignatureVerdict::kValid);
}

Datum jsonb_datum(const std::string& json) {
  const Datum source = text_datum(json);
  return call([=] {
    return DirectFunctionCall1(jsonb_in,
                               CStringGetDatum(text_to_cstring(reinterpret_cast<const varlena*>(source))));
  });
}

}  // namespace

CALCOM_FUNCTION(calcom_verify_signature_bytea) {
  return entry([&] {
    const Arguments args(fcinfo);
    return verified(args.bytes(0), args);
  });
}

CALCOM_FUNCTION(calcom_verify_signature_text) {
  return entry([&] {
    const Arguments args(fcinfo);
    return verified(args.text(0), args);
  });
}

CALCOM_FUNCTION(calcom_sign_bytea) {
  return entry([&] {
    const Arguments args(fcinfo);
    return text_datum(sign(args.bytes(0), args.text(1)));
  });
}

CALCOM_FUNCTION(calcom_sign_text) {
  return entry([&] {
    const Arguments args(fcinfo);
    return text_datum(sign(args.text(0), args.text(1)));
  });
}

CALCOM_FUNCTION(calcom_parse_payload) {
  return entry([&] { return jsonb_datum(describe_json(parse_event(Arguments(fcinfo).bytes(0)))); });
}

CALCOM_FUNCTION(calcom_extract_booking) {
  return entry([&] { return jsonb_datum(extract_booking_json(parse_event(Arguments(fcinfo).bytes(0)))); });
}

// raise_error(name, detail, hint): raises an error of core/base/errors.def, so that SQL does not repeat its words.
CALCOM_FUNCTION(calcom_raise_error) {
  return entry([&]() -> Datum {
    const Arguments args(fcinfo);
    const ErrorText* found = find_error_by_name(args.required_text(0, "name"));
    if (found == nullptr) throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "unknown name of an error"};
    throw sql_error(found->error, args.optional_text(1).value_or(""), args.optional_text(2).value_or(""));
  });
}

// http_answer(sqlstate): status, error and, in seconds, Retry-After of a delivery that failed with this SQLSTATE.
CALCOM_FUNCTION(calcom_http_answer) {
  return entry([&] {
    const HttpAnswer answer = http_answer(Arguments(fcinfo).optional_text(0).value_or(""));
    return make_row<3>(
        fcinfo, {UInt32GetDatum(answer.status), text_datum(answer.error),
                 answer.retry_after > 0 ? std::optional(UInt32GetDatum(answer.retry_after)) : std::nullopt});
  });
}
