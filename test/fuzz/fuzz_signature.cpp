// Any header, body and secret: only the one right signature is valid, whatever surrounds it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/webhook/signature.hpp"
#include "require.hpp"

using namespace calcom;

// Input: the first byte says how long header and secret are, in 16ths of the rest; what is left is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string_view header = all.substr(0, all.size() * (data[0] >> 4U) / 16);
  const std::string_view rest = all.substr(header.size());
  const std::string_view secret = rest.substr(0, rest.size() * (data[0] & 15U) / 16);
  const std::string_view body = rest.substr(secret.size());

  const std::string good = sign(body, secret);
  REQUIRE(good.size() == 64 && good.find_first_not_of("0123456789abcdef") == std::string::npos);
  const SignatureVerdict verdict = verify(body, good, secret);
  REQUIRE(verdict == (secret.empty() ? SignatureVerdict::kSecretEmpty : SignatureVerdict::kValid));

  std::string lower;
  for (const char c : header)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
      lower += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower != good) REQUIRE(verify(body, header, secret) != SignatureVerdict::kValid);

  std::string mutated = good;
  char& digit = mutated[size % mutated.size()];
  digit = digit == 'f' ? '0' : 'f';
  REQUIRE(verify(body, mutated, secret) != SignatureVerdict::kValid);
  REQUIRE(verify(std::string(body) + '\0', good, secret) != SignatureVerdict::kValid);
  REQUIRE(verify(body, good, std::string(secret) + "x") != SignatureVerdict::kValid);
  return 0;
}
