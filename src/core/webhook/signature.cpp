// Who may speak to us: see signature.hpp. The MAC is computed for every well-formed signature, also when
// there is no secret to compare with, so that the time taken does not tell the two apart.
#include "core/webhook/signature.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <new>
#include <optional>

#include "core/base/hex.hpp"
#include "core/base/text.hpp"

namespace calcom {

namespace {

constexpr std::string_view kNoSecretLiteral = "no-secret-provided";  // what Cal.com sends without a secret

// Keeps OpenSSL's error queue, which libpq, libcurl and the server read too, as it was found.
class ErrorMark {
 public:
  ErrorMark() { ERR_set_mark(); }
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;
  ~ErrorMark() { ERR_pop_to_mark(); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Sha256> decode(std::string_view hex) {
  Sha256 out{};
  if (hex.size() != out.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(hex[2 * i]);
    const int low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return out;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  const ErrorMark mark;
  Sha256 out{};
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
  return out;
}

Sha256 hmac_sha256(std::string_view bytes, std::string_view key) {
  const ErrorMark mark;
  if (key.empty()) key = std::string_view("\0", 1);  // equal to HMAC's padding
  Sha256 out{};
  unsigned int length = 0;
  const unsigned char* made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes),
                                   bytes.size(), out.data(), &length);
  if (made == nullptr || length != out.size())
    throw std::bad_alloc();  // SHA-256 fails for want of memory only
  return out;
}

std::string sign(std::string_view body, std::string_view secret) {
  return hex(hmac_sha256(body, secret));
}

bool is_same_secret(std::string_view given, std::string_view expected) {
  return given.size() == expected.size() && CRYPTO_memcmp(given.data(), expected.data(), given.size()) == 0;
}

SignatureVerdict verify(std::string_view body, std::string_view signature, std::string_view secret) {
  const std::string_view value = trimmed(signature);
  if (value.empty()) return SignatureVerdict::kMissing;
  if (value == kNoSecretLiteral) return SignatureVerdict::kNoSecret;
  if (value.find(',') != std::string_view::npos) return SignatureVerdict::kSeveral;
  const std::optional<Sha256> given = decode(value);
  if (!given) return SignatureVerdict::kMalformed;
  const Sha256 due = hmac_sha256(body, secret);
  const bool equal = CRYPTO_memcmp(given->data(), due.data(), due.size()) == 0;
  if (secret.empty()) return SignatureVerdict::kSecretEmpty;
  return equal ? SignatureVerdict::kValid : SignatureVerdict::kWrong;
}

}  // namespace calcom
