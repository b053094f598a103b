// The one secret of the operator page: a token in a file that nobody but the proxy's user may read. Whoever
// can read the file signs in, with the token itself or with a link made from it.
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

// 32 bytes of the system's generator as 64 hexadecimal digits.
std::string random_key();
std::string sha256_hex(std::string_view bytes);

class AdminToken {
 public:
  using Time = std::chrono::system_clock::time_point;

  explicit AdminToken(std::string_view token);

  // In a time that tells nothing of the token.
  bool is(std::string_view offered) const;

  // The last part of a one-time link: when it was made, a nonce, and the token's word for both. It tells
  // nothing of the token.
  std::string link_key(Time made) const;
  struct Link {
    Time made;
    std::string nonce;
  };
  // Of a key that this token gave its word for; its age is for the caller to judge.
  std::optional<Link> read_link_key(std::string_view key) const;

 private:
  std::string word_for(std::string_view text) const;

  // Derived: the token itself is kept nowhere.
  std::string digest_;
  Sha256 link_secret_;
};

}  // namespace calcom::proxy
