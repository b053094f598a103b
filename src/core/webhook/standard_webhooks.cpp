// See standard_webhooks.hpp.
#include "core/webhook/standard_webhooks.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/webhook/signature.hpp"

namespace calcom {

namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::string_view kVersion = "v1,";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kLongestTimestamp = 12;  // digits: some thirty thousand years

// Standard alphabet with padding; nullopt for anything else.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> static_cast<unsigned>(held) & 0xFFU);
  }
  return out;
}

std::string encode_base64(const Sha256& bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t bits = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < 3; ++i) bits = bits << 8U | (i < count ? bytes[at + i] : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= count ? kAlphabet[bits >> (18U - 6U * static_cast<unsigned>(i)) & 63U] : '=';
  }
  return out;
}

// nullopt: no key can be made of it.
std::optional<std::string> key_of(std::string_view secret) {
  if (secret.starts_with(kSecretPrefix)) secret.remove_prefix(kSecretPrefix.size());
  auto key = decode_base64(secret);
  if (!key || key->empty()) return std::nullopt;
  return key;
}

std::optional<Micros> seconds_of(std::string_view timestamp) {
  std::int64_t seconds = 0;
  const char* const end = timestamp.data() + timestamp.size();
  const auto [stop, error] = std::from_chars(timestamp.data(), end, seconds);
  if (error != std::errc() || stop != end || timestamp.front() == '-' || timestamp.size() > kLongestTimestamp)
    return std::nullopt;
  return seconds * kSecond;
}

std::string signed_content(std::string_view id, std::string_view timestamp, std::string_view body) {
  std::string content;
  content.reserve(id.size() + timestamp.size() + body.size() + 2);
  content.append(id).append(".").append(timestamp).append(".").append(body);
  return content;
}

// Every entry is compared, so that the time taken does not tell which one matches.
bool any_matches(std::string_view signatures, const Sha256& due) {
  bool matches = false;
  while (!signatures.empty()) {
    const std::string_view entry = signatures.substr(0, signatures.find(' '));
    signatures.remove_prefix(std::min(entry.size() + 1, signatures.size()));
    if (!entry.starts_with(kVersion)) continue;
    const auto given = decode_base64(entry.substr(kVersion.size()));
    if (given && given->size() == due.size())
      matches |= CRYPTO_memcmp(given->data(), due.data(), due.size()) == 0;
  }
  return matches;
}

}  // namespace

WebhookVerdict verify_webhook(const SignedWebhook& webhook, std::string_view secret, Micros now,
                              Micros tolerance) {
  if (webhook.id.empty() || webhook.timestamp.empty() || webhook.signature.empty())
    return WebhookVerdict::kMissing;
  const auto sent_at = seconds_of(webhook.timestamp);
  if (!sent_at) return WebhookVerdict::kMalformed;
  const auto key = key_of(secret);
  const Sha256 due =
      hmac_sha256(signed_content(webhook.id, webhook.timestamp, webhook.body), key.value_or(""));
  const bool matches = any_matches(webhook.signature, due);
  if (!key) return WebhookVerdict::kSecretUnfit;
  if (!matches) return WebhookVerdict::kWrong;
  // In whole seconds, as the sender counts them.
  const Micros age = now / kSecond * kSecond - *sent_at;
  return age > tolerance || age < -tolerance ? WebhookVerdict::kOutsideTime : WebhookVerdict::kValid;
}

std::string sign_webhook(std::string_view id, std::string_view timestamp, std::string_view body,
                         std::string_view secret) {
  const auto key = key_of(secret);
  if (!key) return {};
  return std::string(kVersion) + encode_base64(hmac_sha256(signed_content(id, timestamp, body), *key));
}

}  // namespace calcom
