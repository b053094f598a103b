// Composes the body of POST /emails. It is stored in the outbox row before the first attempt, and a retry
// sends it unchanged: the provider refuses an idempotency key with a different body. Equal input must give
// equal bytes.
#include <openssl/evp.h>

#include <utility>

#include "core/base/escape.hpp"
#include "core/base/json_compose.hpp"
#include "core/sending/resend.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxTags = 75;
constexpr std::size_t kMaxTagLength = 256;

constexpr bool allowed_in_tag(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string tag_text(std::string_view text) {
  std::string out(text.substr(0, kMaxTagLength));
  for (char& c : out)
    if (!allowed_in_tag(c)) c = '_';
  return out;
}

JsonArray tag_array(const SendRequest& request) {
  JsonArray tags;
  for (const auto& [name, value] : request.tags) {
    if (name.empty() || value.empty() || tags.size() == kMaxTags) continue;
    JsonObject tag;
    tag.set("name", tag_text(name)).set("value", tag_text(value));
    tags.push(std::move(tag));
  }
  return tags;
}

JsonObject header_object(const SendRequest& request) {
  JsonObject headers;
  for (const auto& [name, value] : request.headers) {
    // The provider always answers 500 if `headers` contains Content-Type.
    if (ascii_lower(name) == "content-type") continue;
    headers.set(name, value);
  }
  return headers;
}

std::string base64(const std::string& bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a NUL
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

JsonArray attachment_array(const SendRequest& request) {
  JsonArray attachments;
  for (const Attachment& attachment : request.attachments) {
    JsonObject object;
    object.set("content", base64(attachment.bytes))
        .set("filename", attachment.filename)
        .set("content_type", attachment.content_type);
    attachments.push(std::move(object));
  }
  return attachments;
}

}  // namespace

std::string compose_send(const SendRequest& request) {
  JsonArray to;
  to.push(request.to);
  JsonObject body;
  body.set("from", request.from).set("to", std::move(to)).set("subject", request.subject);
  if (!request.reply_to.empty()) body.set("reply_to", request.reply_to);
  if (!request.html.empty()) body.set("html", request.html);
  if (!request.text.empty()) body.set("text", request.text);
  if (JsonObject headers = header_object(request); headers.size() > 0)
    body.set("headers", std::move(headers));
  if (!request.attachments.empty()) body.set("attachments", attachment_array(request));
  if (JsonArray tags = tag_array(request); tags.size() > 0) body.set("tags", std::move(tags));
  return body.dump();
}

}  // namespace calcom
