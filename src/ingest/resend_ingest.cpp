// resend_ingest: one event of Resend, one transaction. As for Cal.com's deliveries, nothing is stored before
// size, account and signature hold; an event that is stored already changes nothing.
#include "core/webhook/standard_webhooks.hpp"
#include "ingest/resend_store.hpp"
#include "ingest/verify_delivery.hpp"
#include "pg/row.hpp"
#include "shmem/refusals.hpp"
#include "store/secret.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::shmem;
using namespace calcom::store;
using namespace calcom::ingest;

namespace {

struct Incoming {
  std::string account, id, timestamp, signature, body;
  SignedWebhook as_signed() const { return {id, timestamp, signature, body}; }
};

struct Result {
  std::optional<ProviderOutcome> outcome;  // nullopt: the event was stored before
  std::optional<pg_uuid_t> outbox_id;
  std::string detail;
};

[[noreturn]] void refuse_webhook(WebhookVerdict verdict) {
  switch (verdict) {
    case WebhookVerdict::kMissing:
      refuse(Refusal::kResendSignature, Error::kMissingSignature,
             "One of the headers svix-id, svix-timestamp and svix-signature is empty or absent.");
    case WebhookVerdict::kSecretUnfit:
      refuse(Refusal::kResendNoSecret, Error::kNoSecret,
             "The account has no usable signing secret of Resend's webhook.");
    case WebhookVerdict::kMalformed:
      refuse(Refusal::kResendSignature, Error::kWrongSignature,
             "The timestamp is malformed: expected whole seconds.");
    case WebhookVerdict::kOutsideTime:
      refuse(Refusal::kResendSignature, Error::kWrongSignature,
             "The timestamp is more than five minutes away from the server's clock.");
    case WebhookVerdict::kWrong:
    case WebhookVerdict::kValid:
      break;
  }
  refuse(Refusal::kResendSignature, Error::kWrongSignature, kNotSigned);
}

// An unknown account costs the same as a known one with a wrong signature.
void authenticate(Spi& spi, const Incoming& incoming, Micros now) {
  const bool known = load_account(spi, incoming.account).known;
  const auto found = secrets(spi, incoming.account, "resend_webhook");
  WebhookVerdict verdict = WebhookVerdict::kSecretUnfit;
  if (found.empty()) verify_webhook(incoming.as_signed(), "bm8gc2VjcmV0", now, kWebhookTolerance);
  for (const auto& secret : found) {
    verdict = verify_webhook(incoming.as_signed(), secret, now, kWebhookTolerance);
    if (verdict == WebhookVerdict::kValid || verdict == WebhookVerdict::kOutsideTime) break;
  }
  if (!known) refuse(Refusal::kUnknownAccount, Error::kUnknownAccount);
  if (verdict != WebhookVerdict::kValid) refuse_webhook(verdict);
}

Result apply(Spi& spi, const std::string& account, const ResendEvent& event, Micros happened_at) {
  const bool about_mail = !delivery_status(event).empty();
  const bool about_address = suppression_act(event).act != Suppression::kNone;
  if (!about_mail && !about_address)
    return {ProviderOutcome::kIgnored,
            {},
            event.type.empty() ? "no type" : "nothing is done about " + event.type};
  const auto mail = about_mail ? lock_mail(spi, account, event) : std::nullopt;
  const bool mail_changed = mail && update_mail(spi, account, *mail, event, happened_at);
  const bool address_changed = update_suppression(spi, account, event, happened_at);
  Result result;
  if (mail) result.outbox_id = mail->id;
  if (mail_changed || address_changed) return {ProviderOutcome::kApplied, result.outbox_id, event.type};
  if (about_mail && !mail) return {ProviderOutcome::kUnmatched, {}, "no mail of this account has this id"};
  return {ProviderOutcome::kStale, result.outbox_id, "brings nothing new"};
}

Result ingest(Spi& spi, Incoming& incoming) {
  const Micros now = pg::now();
  authenticate(spi, incoming, now);
  if (provider_event_known(spi, incoming.account, incoming.id))
    return {std::nullopt, {}, "this event is stored already"};
  auto parsed = parse_resend_event(incoming.body);
  ProviderEvent row;
  row.account = incoming.account;
  row.id = incoming.id;
  row.received_at = now;
  Result result{ProviderOutcome::kDead, {}, "not a JSON object"};
  row.happened_at = now;
  if (parsed) {
    if (parsed->created_at && storable_timestamp(*parsed->created_at)) row.happened_at = *parsed->created_at;
    result = apply(spi, row.account, *parsed, row.happened_at);
    row.event = std::move(*parsed);
  }
  row.outbox_id = result.outbox_id;
  row.outcome = result.outcome.value_or(ProviderOutcome::kDead);
  row.reason = result.detail;
  row.body = std::move(incoming.body);
  store_provider_event(spi, row);
  return result;
}

Datum ingest_entry(FunctionCallInfo fcinfo, bool as_text) {
  return entry(
      [&] {
        const Arguments args(fcinfo);
        const Schema schema = data_schema();
        args.require(0, "body");
        Incoming incoming;
        incoming.account = args.required_text(4, "account");
        incoming.body = as_text ? args.text(0) : args.bytes(0);
        check_body_size(incoming.body.size());
        require_tables(schema);
        incoming.id = args.optional_text(1).value_or("");
        incoming.timestamp = args.optional_text(2).value_or("");
        incoming.signature = args.optional_text(3).value_or("");
        Result result;
        {
          Spi spi(schema);
          result = ingest(spi, incoming);
        }
        return make_row<4>(
            fcinfo,
            {text_datum(result.outcome ? name(*result.outcome) : "duplicate"), text_datum(incoming.id),
             result.outbox_id ? std::optional(uuid_datum(*result.outbox_id)) : std::nullopt,
             text_cell(result.detail)});
      },
      Statements::kHidden);
}

Micros tolerance_of(Datum datum) {
  const Interval* interval = DatumGetIntervalP(datum);
  const Micros tolerance = interval->time + (Micros{interval->day} + Micros{interval->month} * 30) * kDay;
  if (tolerance >= 0) return tolerance;
  throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "tolerance must not be negative"};
}

Datum verify_entry(FunctionCallInfo fcinfo, bool as_text) {
  return entry(
      [&] {
        const Arguments args(fcinfo);
        const std::string body = as_text ? args.text(0) : args.bytes(0);
        const std::string id = args.text(1), timestamp = args.text(2), signature = args.text(3);
        const Micros now = from_timestamptz(GetCurrentStatementStartTimestamp());
        return BoolGetDatum(verify_webhook({id, timestamp, signature, body}, args.text(4), now,
                                           tolerance_of(args.datum(5))) == WebhookVerdict::kValid);
      },
      Statements::kHidden);
}

}  // namespace

CALCOM_FUNCTION(resend_ingest_bytea) {
  return ingest_entry(fcinfo, false);
}

CALCOM_FUNCTION(resend_ingest_text) {
  return ingest_entry(fcinfo, true);
}

CALCOM_FUNCTION(resend_verify_signature_bytea) {
  return verify_entry(fcinfo, false);
}

CALCOM_FUNCTION(resend_verify_signature_text) {
  return verify_entry(fcinfo, true);
}

CALCOM_FUNCTION(resend_sign) {
  return entry(
      [&]() -> Datum {
        const Arguments args(fcinfo);
        const std::string signature = sign_webhook(args.text(1), args.text(2), args.bytes(0), args.text(3));
        if (!signature.empty()) return text_datum(signature);
        throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "secret is not valid",
                       "It is base64, with or without whsec_ in front."};
      },
      Statements::kHidden);
}
