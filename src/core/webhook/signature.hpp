// Cal.com's webhook signature: lower-case hex of HMAC-SHA256 over the exact body bytes, key = secret as
// UTF-8.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace calcom {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);
Sha256 hmac_sha256(std::string_view bytes, std::string_view key);
std::string sign(std::string_view body, std::string_view secret);  // 64 lower-case hex digits

// Compares in a time that depends on the lengths only.
bool is_same_secret(std::string_view given, std::string_view expected);

// Why a signature header was not accepted; never tells how far a comparison came.
enum class SignatureVerdict : std::uint8_t {
  kValid,
  kMissing,      // empty
  kNoSecret,     // Cal.com's literal "no-secret-provided"
  kSeveral,      // more than one value (comma-separated)
  kMalformed,    // not 64 hex digits
  kWrong,        // well formed, another secret or other bytes
  kSecretEmpty,  // we have no secret to compare with
};

// Upper- or lower-case hex; surrounding blanks are tolerated; compares the decoded 32 bytes in constant time.
SignatureVerdict verify(std::string_view body, std::string_view signature, std::string_view secret);

}  // namespace calcom
