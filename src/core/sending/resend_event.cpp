// See resend_event.hpp.
#include "core/sending/resend_event.hpp"

#include <array>
#include <tuple>
#include <utility>

#include "core/base/json_read.hpp"
#include "core/base/text.hpp"
#include "core/base/timestamp.hpp"

namespace calcom {

namespace {

constexpr std::string_view kMailPrefix = "email.";
constexpr std::string_view kOutboxTag = "outbox_id";
constexpr std::size_t kLongestWord = 200;

// Furthest last. A bounce can follow a delivery (asynchronous bounces), never the other way round.
constexpr std::array<std::pair<std::string_view, int>, 10> kRanks{{{"scheduled", 1},
                                                                   {"sent", 2},
                                                                   {"delivery_delayed", 3},
                                                                   {"delivered", 4},
                                                                   {"opened", 5},
                                                                   {"clicked", 6},
                                                                   {"failed", 7},
                                                                   {"suppressed", 7},
                                                                   {"bounced", 7},
                                                                   {"complained", 8}}};

int rank_of(std::string_view status) {
  for (const auto& [name, rank] : kRanks)
    if (name == status) return rank;
  return 0;
}

JsonFields object(const JsonFields& fields, std::string_view name) {
  const auto element = fields.get(name);
  const auto found = element ? as_object(*element) : std::nullopt;
  return found ? JsonFields(*found) : JsonFields();
}

std::string word(const JsonFields& fields, std::string_view name) {
  const auto element = fields.get(name);
  const auto text = element ? as_text(*element) : std::nullopt;
  return text ? std::string(cut_utf8(*text, kLongestWord)) : std::string();
}

// An object in webhooks, an array of {name, value} where mail is sent: both are read.
std::string outbox_tag(const JsonFields& data) {
  const auto tags = data.get("tags");
  if (!tags) return {};
  if (const auto map = as_object(*tags)) return word(JsonFields(*map), kOutboxTag);
  const auto list = as_array(*tags);
  if (!list) return {};
  for (const JsonElement element : *list) {
    const auto tag = as_object(element);
    if (!tag) continue;
    const JsonFields fields(*tag);
    if (word(fields, "name") == kOutboxTag) return word(fields, "value");
  }
  return {};
}

// "Name <a@b.c>" or the address alone.
std::string address_of(std::string_view text) {
  const std::size_t open = text.rfind('<');
  if (open != std::string_view::npos && text.ends_with('>'))
    text = text.substr(open + 1, text.size() - open - 2);
  return normal_email(text);
}

std::string recipient(const JsonFields& data) {
  if (const auto email = data.get("email"))  // suppression.*
    if (const auto text = as_text(*email)) return address_of(*text);
  const auto to = data.get("to");
  if (!to) return {};
  if (const auto text = as_text(*to)) return address_of(*text);
  const auto list = as_array(*to);
  if (!list || list->size() != 1) return {};
  const auto only = as_text(*list->begin());
  return only ? address_of(*only) : std::string();
}

std::string joined(std::string first, const std::string& second) {
  if (first.empty() || second.empty()) return first + second;
  return std::move(first) + " " + second;
}

std::string detail_of(const JsonFields& data) {
  const JsonFields bounce = object(data, "bounce");
  for (std::string found :
       {joined(word(bounce, "type"), word(bounce, "subType")), word(object(data, "failed"), "reason"),
        word(object(data, "suppressed"), "type"), word(data, "origin")})
    if (!found.empty()) return found;
  return {};
}

}  // namespace

std::optional<ResendEvent> parse_resend_event(std::string_view body) {
  JsonDocument document;
  if (!document.read(body)) return std::nullopt;
  const auto root = as_object(document.root());
  if (!root) return std::nullopt;
  const JsonFields envelope(*root);
  const JsonFields data = object(envelope, "data");
  ResendEvent event;
  event.type = word(envelope, "type");
  event.created_at = parse_timestamp(word(envelope, "created_at"));
  event.email_id = word(data, "email_id");
  event.outbox_id = outbox_tag(data);
  event.recipient = recipient(data);
  event.bounce_type = word(object(data, "bounce"), "type");
  event.detail = detail_of(data);
  return event;
}

std::string_view delivery_status(const ResendEvent& event) {
  std::string_view type = event.type;
  if (!type.starts_with(kMailPrefix)) return {};
  type.remove_prefix(kMailPrefix.size());
  return rank_of(type) > 0 ? type : std::string_view();
}

bool supersedes(const DeliveryStatus& heard, const DeliveryStatus& standing) {
  const auto key = [](const DeliveryStatus& status) {
    return std::tuple(rank_of(status.name), status.at, std::string_view(status.name));
  };
  return key(heard) > key(standing);
}

SuppressionAct suppression_act(const ResendEvent& event) {
  if (event.recipient.empty()) return {};
  if (event.type == "email.bounced" && event.bounce_type == "Permanent")
    return {Suppression::kAdd, "bounced"};
  if (event.type == "email.complained") return {Suppression::kAdd, "complained"};
  if (event.type == "email.suppressed" || event.type == "suppression.added")
    return {Suppression::kAdd, "suppressed by the provider"};
  if (event.type == "suppression.removed") return {Suppression::kLift, {}};
  return {};
}

}  // namespace calcom
