#include "ingest/verify_delivery.hpp"

#include "core/webhook/signature.hpp"
#include "pg/settings.hpp"
#include "shmem/refusals.hpp"
#include "store/secret.hpp"

namespace calcom::ingest {

using namespace shmem;

using shmem::Refusal;

namespace {

[[noreturn]] void refuse(Refusal refusal, SqlError error) {
  shmem::note_refused(refusal);
  throw error;
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

}  // namespace

void check_body_size(std::size_t size) {
  const int limit = settings().max_body_size;
  if (size <= static_cast<std::size_t>(limit)) return;
  refuse(Refusal::kTooLarge,
         {kBodyTooLarge, "webhook body is too large",
          std::to_string(size) + " bytes, and calcom.max_body_size is " + std::to_string(limit) + " bytes.",
          "Raise calcom.max_body_size if such bodies are to be accepted."});
}

Credentials load_credentials(Spi& spi, const std::string& account) {
  Credentials credentials{load_account(spi, account), secrets(spi, account, "webhook")};
  return credentials;
}

void authenticate(const Credentials& credentials, const std::string& body, const std::string& signature,
                  const Schema& schema) {
  const bool known = credentials.account.known;
  const bool none = credentials.secrets.empty();
  SignatureVerdict verdict = SignatureVerdict::kWrong;
  if (none) verify(body, signature, "no secret: the same work is done");
  for (const auto& secret : credentials.secrets) {
    verdict = verify(body, signature, secret);
    if (verdict != SignatureVerdict::kWrong) break;
  }
  if (!known)
    refuse(Refusal::kUnknownAccount, {kUnknownAccount, "unknown account", "",
                                      "Add it with calcom_account_add(), or mend the webhook's address."});
  if (none) refuse_signature(SignatureVerdict::kSecretEmpty, schema);
  if (verdict != SignatureVerdict::kValid) refuse_signature(verdict, schema);
  if (credentials.account.disabled)  // said to who holds the secret only
    refuse(Refusal::kDisabledAccount, {kDisabledAccount, "account is disabled", "",
                                       "Run: SELECT " + schema.quoted + ".calcom_account_enable(account);"});
}

}  // namespace calcom::ingest
