#include "ingest/verify_delivery.hpp"

#include "core/webhook/signature.hpp"
#include "pg/settings.hpp"
#include "store/secret.hpp"

namespace calcom::ingest {

namespace {

[[noreturn]] void refuse_signature(SignatureVerdict verdict) {
  switch (verdict) {
    case SignatureVerdict::kMissing:
      refuse(Refusal::kMissingSignature, Error::kMissingSignature,
             "The header X-Cal-Signature-256 is empty or absent.");
    case SignatureVerdict::kNoSecret:
      refuse(Refusal::kMissingSignature, Error::kMissingSignature, "Cal.com sent \"no-secret-provided\".");
    case SignatureVerdict::kSeveral:
      refuse(Refusal::kWrongSignature, Error::kMissingSignature,
             "The request has more than one header X-Cal-Signature-256.");
    case SignatureVerdict::kMalformed:
      refuse(Refusal::kWrongSignature, Error::kWrongSignature,
             "Expected the 64 hexadecimal digits of an HMAC-SHA256.");
    case SignatureVerdict::kSecretEmpty:
      refuse(Refusal::kNoSecret, Error::kNoSecret);
    case SignatureVerdict::kWrong:
    case SignatureVerdict::kValid:
      break;
  }
  refuse(Refusal::kWrongSignature, Error::kWrongSignature, kNotSigned);
}

}  // namespace

void refuse(Refusal refusal, Error error, std::string detail) {
  note_refused(refusal);
  throw sql_error(error, std::move(detail));
}

void check_body_size(std::size_t size) {
  const int limit = settings().max_body_size;
  if (size <= static_cast<std::size_t>(limit)) return;
  refuse(Refusal::kTooLarge, Error::kBodyTooLarge,
         std::to_string(size) + " bytes, and calcom.max_body_size is " + std::to_string(limit) + " bytes.");
}

Credentials load_credentials(Spi& spi, const std::string& account) {
  Credentials credentials{load_account(spi, account), secrets(spi, account, "webhook")};
  return credentials;
}

void authenticate(const Credentials& credentials, const std::string& body, const std::string& signature) {
  const bool known = credentials.account.known;
  const bool none = credentials.secrets.empty();
  SignatureVerdict verdict = SignatureVerdict::kWrong;
  if (none) verify(body, signature, "no secret: the same work is done");
  for (const auto& secret : credentials.secrets) {
    verdict = verify(body, signature, secret);
    if (verdict != SignatureVerdict::kWrong) break;
  }
  if (!known) refuse(Refusal::kUnknownAccount, Error::kUnknownAccount);
  if (none) refuse_signature(SignatureVerdict::kSecretEmpty);
  if (verdict != SignatureVerdict::kValid) refuse_signature(verdict);
  if (credentials.account.disabled)  // reported only to a caller that holds the secret
    refuse(Refusal::kDisabledAccount, Error::kAccountDisabled);
}

}  // namespace calcom::ingest
