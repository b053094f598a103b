// The secret of the operator page: a token in a file that only the proxy's user can read. The token, or a
// one-time link made from it, signs in.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/webhook/signature.hpp"

namespace calcom::proxy {

struct TokenFile {
  std::string token;
  std::string fault;  // one sentence; empty: the token is good
};

TokenFile read_token_file(const std::string& path);

// 32 random bytes as 64 hexadecimal digits.
std::string random_key();
std::string sha256_hex(std::string_view bytes);

class AdminToken {
 public:
  using Time = std::chrono::system_clock::time_point;

  explicit AdminToken(std::string_view token);

  // Compares in constant time.
  bool is(std::string_view offered) const;

  // The last part of a one-time link: creation time, nonce and their HMAC.
  std::string link_key(Time made) const;
  struct Link {
    Time made;
    std::string nonce;
  };
  // nullopt if the HMAC is wrong. The caller checks the age.
  std::optional<Link> read_link_key(std::string_view key) const;

 private:
  std::string word_for(std::string_view text) const;

  // Derived: the token itself is not stored.
  std::string digest_;
  Sha256 link_secret_;
};

}  // namespace calcom::proxy
