// calcom_ingest: one delivery, one transaction. Order: size, account, signature (nothing is stored before all
// three hold), digest, merge in a subtransaction, the log row with what became of it. The log row comes last
// because it is in the same transaction: nobody can see one without the other, and it is written once instead
// of twice.
#include "pg/ingest.hpp"

#include "core/event.hpp"
#include "core/merge.hpp"
#include "core/signature.hpp"
#include "pg/account.hpp"
#include "pg/event_store.hpp"
#include "pg/row.hpp"
#include "pg/secret.hpp"
#include "pg/settings.hpp"
#include "worker/shared.hpp"

using namespace calcom;
using namespace calcom::pg;
using worker::Refusal;

namespace {

struct Receipt {  // the row that calcom_ingest returns
  std::string outcome;
  pg_uuid_t event_id{};
  std::string booking_uid;
  std::string detail;
};

[[noreturn]] void refuse(Refusal refusal, SqlError error) {
  worker::note_refused(refusal);
  throw error;
}

void check_size(std::size_t size) {
  const int limit = settings().max_body_size;
  if (size <= static_cast<std::size_t>(limit)) return;
  refuse(Refusal::kTooLarge,
         {kBodyTooLarge, "webhook body is too large",
          std::to_string(size) + " bytes, and calcom.max_body_size is " + std::to_string(limit) + " bytes.",
          "Raise calcom.max_body_size if such bodies are to be accepted."});
}

[[noreturn]] void refuse_signature(SignatureVerdict verdict, const Schema& schema) {
  static constexpr const char* kHint =
      "Use the same secret in Cal.com's webhook form and in calcom_set_secret().";
  switch (verdict) {
    case SignatureVerdict::kMissing:
      refuse(Refusal::kMissingSignature,
             {kMissingSignature, "webhook signature is missing",
              "The header X-Cal-Signature-256 is empty or absent.",
              "Pass the header's value as the second argument, and set a secret in Cal.com's webhook form."});
    case SignatureVerdict::kNoSecret:
      refuse(Refusal::kMissingSignature,
             {kMissingSignature, "webhook is not signed", "Cal.com sent \"no-secret-provided\".",
              "Set a secret in Cal.com's webhook form, and the same one with calcom_set_secret()."});
    case SignatureVerdict::kSeveral:
      refuse(Refusal::kWrongSignature, {kMissingSignature, "webhook has more than one signature",
                                        "Exactly one header X-Cal-Signature-256 is accepted.", kHint});
    case SignatureVerdict::kMalformed:
      refuse(Refusal::kWrongSignature, {kWrongSignature, "webhook signature is malformed",
                                        "Expected the 64 hexadecimal digits of an HMAC-SHA256.", kHint});
    case SignatureVerdict::kSecretEmpty:
      refuse(Refusal::kNoSecret, {kNoSecret, "no webhook secret is set for this account", "",
                                  "Run: SELECT " + schema.quoted +
                                      ".calcom_set_secret(account, 'webhook', 'the secret of the form');"});
    case SignatureVerdict::kWrong:
    case SignatureVerdict::kValid:
      break;
  }
  refuse(Refusal::kWrongSignature,
         {kWrongSignature, "webhook signature does not match",
          "The body is not signed with this account's secret, or it was changed on the way.", kHint});
}

// An unknown account costs the same as a known one with a wrong signature: it is compared with a dummy
// secret.
Account authenticate(Spi& spi, const std::string& account, const std::string& body,
                     const std::string& signature) {
  const Account found = load_account(spi, account);
  std::vector<std::string> accepted = secrets(spi, account, "webhook");
  const bool none = accepted.empty();
  if (none) accepted.emplace_back(found.known ? "" : "unknown account");
  SignatureVerdict verdict = SignatureVerdict::kWrong;
  for (const auto& secret : accepted) {
    verdict = verify(body, signature, secret);
    if (verdict != SignatureVerdict::kWrong) break;
  }
  if (!found.known)
    refuse(Refusal::kUnknownAccount, {kUnknownAccount, "unknown account", "",
                                      "Add it with calcom_account_add(), or mend the webhook's address."});
  if (none || verdict != SignatureVerdict::kValid)
    refuse_signature(none ? SignatureVerdict::kSecretEmpty : verdict, spi.schema());
  return found;
}

Settlement settle_new(Spi& spi, const StoredEvent& stored, const Parsed& parsed, bool tables_current) {
  switch (parsed.meaning) {
    case Meaning::kIgnore:
      return {"ignored", parsed.reason};
    case Meaning::kDead:
      return {"dead", parsed.reason};
    case Meaning::kMerge:
      break;
  }
  if (!tables_current) return {"deferred", "the tables are of another version: run calcom_setup()"};
  return try_merge(spi, stored, parsed.event);
}

Receipt ingest(Spi& spi, const std::string& body, const std::string& signature, const std::string& account) {
  const Account found = authenticate(spi, account, body, signature);
  const Micros received_at = now();
  const Sha256 digest = sha256(body);
  StoredEvent stored{uuid_v7(received_at), account, 0, hash_of(digest)};
  if (const auto known = claim_digest(spi, account, digest, stored.id))
    return {"duplicate", *known, stored_uid(spi, account, *known), "this delivery is stored already"};

  const Parsed parsed = parse_event(body);
  stored.stamp = stamp_at(parsed.event, received_at);
  const Settlement settlement = settle_new(spi, stored, parsed, found.tables_current);
  store_event(spi, stored, parsed.event, body, received_at, settlement);
  if (settlement.outcome == "deferred") worker::wake_on_commit();
  return {settlement.outcome, stored.id, parsed.event.uid, settlement.reason};
}

Datum receipt_row(FunctionCallInfo fcinfo, const Receipt& receipt) {
  return make_row<4>(fcinfo, {text_datum(receipt.outcome), uuid_datum(receipt.event_id),
                              text_cell(receipt.booking_uid), text_cell(receipt.detail)});
}

// The statement is kept out of the log when a delivery is refused: a literal body in it holds personal data.
Datum ingest_entry(FunctionCallInfo fcinfo, bool as_text) {
  return entry(
      [&] {
        const Arguments args(fcinfo);
        const Schema schema = schema_of_function(fcinfo);
        if (args.is_null(0)) throw SqlError{ERRCODE_NULL_VALUE_NOT_ALLOWED, "body must not be null"};
        const std::string account = args.required_text(2, "account");
        const std::string body = as_text ? args.text(0) : args.bytes(0);
        check_size(body.size());
        require_tables(schema);
        Receipt receipt;
        {
          Spi spi(schema);
          receipt = ingest(spi, body, args.optional_text(1).value_or(""), account);
        }
        return receipt_row(fcinfo, receipt);
      },
      Statements::kHidden);
}

}  // namespace

std::int64_t calcom::pg::merge_deferred(Spi& spi, int limit) {
  for (const DeferredEvent& event : lock_deferred(spi, limit)) {
    const Parsed parsed = parse_event(event.body);
    const Settlement settlement = settle_new(spi, event.stored, parsed, true);
    settle(spi, event.stored, settlement);
  }
  return count_deferred(spi);
}

CALCOM_FUNCTION(calcom_ingest_bytea) {
  return ingest_entry(fcinfo, false);
}

CALCOM_FUNCTION(calcom_ingest_text) {
  return ingest_entry(fcinfo, true);
}

CALCOM_FUNCTION(calcom_merge_deferred) {
  return entry([&] {
    const Schema schema = schema_of_function(fcinfo);
    require_tables(schema);
    const int limit = fcinfo->args[0].isnull ? 100 : DatumGetInt32(fcinfo->args[0].value);
    Spi spi(schema);
    return Int64GetDatum(merge_deferred(spi, limit));
  });
}
