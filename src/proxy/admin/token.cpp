// A link key is MILLISECONDS-NONCE-HMAC: hexadecimal digits and hyphens, which no browser alters.
#include "proxy/admin/token.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <new>

#include "core/base/hex.hpp"

namespace calcom::proxy {
namespace {

constexpr std::size_t kShortestToken = 16;
constexpr std::size_t kLongestToken = 4096;
constexpr std::size_t kDigits = 64;  // of 32 bytes
constexpr std::string_view kLinkPurpose = "calcom one-time link";

class File {
 public:
  explicit File(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// Checks the open file, so the checked file is the file that is read.
std::string access_fault(const File& file) {
  struct stat status {};
  if (file.descriptor() < 0 || fstat(file.descriptor(), &status) != 0) return "cannot be read";
  if (!S_ISREG(status.st_mode)) return "is not a file";
  if (status.st_uid != geteuid()) return "belongs to another user than the one calcom-proxy runs as";
  if ((status.st_mode & 077) != 0) return "is readable by others: chmod 600";
  return {};
}

std::string content(const File& file) {
  std::string text(kLongestToken + 2, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const auto some = read(file.descriptor(), text.data() + length, text.size() - length);
    if (some <= 0) break;
    length += static_cast<std::size_t>(some);
  }
  text.resize(length);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

TokenFile read_token_file(const std::string& path) {
  const File file(path);
  TokenFile result;
  result.fault = access_fault(file);
  if (!result.fault.empty()) return result;
  result.token = content(file);
  if (result.token.size() < kShortestToken)
    result.fault = "holds fewer than 16 characters: openssl rand -hex 32";
  if (result.token.size() > kLongestToken) result.fault = "holds more than 4096 characters";
  if (!result.fault.empty()) result.token.clear();
  return result;
}

std::string random_key() {
  Sha256 bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::bad_alloc();
  return hex(bytes);
}

std::string sha256_hex(std::string_view bytes) {
  return hex(sha256(bytes));
}

AdminToken::AdminToken(std::string_view token)
    : digest_(sha256_hex(token)), link_secret_(hmac_sha256(kLinkPurpose, token)) {}

bool AdminToken::is(std::string_view offered) const {
  return is_same_secret(sha256_hex(offered), digest_);
}

std::string AdminToken::word_for(std::string_view text) const {
  return sign(text, {reinterpret_cast<const char*>(link_secret_.data()), link_secret_.size()});
}

std::string AdminToken::link_key(Time made) const {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(made.time_since_epoch());
  const std::string text = std::to_string(since.count()) + '-' + random_key().substr(0, kDigits / 2);
  return text + '-' + word_for(text);
}

std::optional<AdminToken::Link> AdminToken::read_link_key(std::string_view key) const {
  const auto first = key.find('-');
  const auto last = key.rfind('-');
  if (key.size() > 200 || first == std::string_view::npos || first == last) return std::nullopt;
  if (!is_same_secret(key.substr(last + 1), word_for(key.substr(0, last)))) return std::nullopt;
  std::int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + first, milliseconds);
  if (error != std::errc() || end != key.data() + first) return std::nullopt;
  return Link{Time(std::chrono::milliseconds(milliseconds)),
              std::string(key.substr(first + 1, last - first - 1))};
}

}  // namespace calcom::proxy
