// Stored form to facts. Strict: a missing or unknown name, a wrong type or an index out of range refuses the
// whole, because facts that were read half would be written back half.
#include <simdjson.h>

#include <limits>
#include <new>

#include "core/booking/booking.hpp"
#include "core/booking/facts_names.hpp"

namespace calcom {

namespace {

namespace dom = simdjson::dom;

bool read(dom::element json, std::string& out) {
  std::string_view text;
  if (json.get(text) != simdjson::SUCCESS) return false;
  out = text;
  return true;
}

bool read(dom::element json, bool& out) {
  return json.get(out) == simdjson::SUCCESS;
}

bool read(dom::element json, Step& out, Step highest) {
  std::uint64_t number = 0;
  if (json.get(number) != simdjson::SUCCESS || number > static_cast<std::uint64_t>(highest)) return false;
  out = static_cast<Step>(number);
  return true;
}

bool read(dom::element json, Stamp& out) {
  dom::array parts;
  if (json.get(parts) != simdjson::SUCCESS || parts.size() != 3) return false;
  std::int64_t hash = 0;
  std::uint64_t rank = 0;
  if (parts.at(0).get(out.at) != simdjson::SUCCESS || parts.at(1).get(rank) != simdjson::SUCCESS ||
      parts.at(2).get(hash) != simdjson::SUCCESS || rank > std::numeric_limits<std::uint8_t>::max())
    return false;
  out.rank = static_cast<std::uint8_t>(rank);
  out.hash = static_cast<std::uint64_t>(hash);
  return true;
}

bool read_boxed(dom::object json, Value& out) {
  if (json.size() != 1) return false;
  const auto [name, inner] = *json.begin();
  if (name == names::kAt) {
    Instant instant;
    if (inner.get(instant.at) != simdjson::SUCCESS) return false;
    out = instant;
    return true;
  }
  JsonText text;
  if (name != names::kJson || !read(inner, text.text)) return false;
  out = std::move(text);
  return true;
}

bool read(dom::element json, Value& out) {
  switch (json.type()) {
    case dom::element_type::NULL_VALUE:
      out = Null{};
      return true;
    case dom::element_type::BOOL:
      out = json.get_bool().value_unsafe();
      return true;
    case dom::element_type::INT64:
      out = json.get_int64().value_unsafe();
      return true;
    case dom::element_type::STRING:
      out = std::string(json.get_string().value_unsafe());
      return true;
    case dom::element_type::OBJECT:
      return read_boxed(json.get_object().value_unsafe(), out);
    default:
      return false;
  }
}

bool read(dom::element json, Person& out) {
  dom::object members;
  if (json.get(members) != simdjson::SUCCESS) return false;
  for (const auto [name, member] : members) {
    std::string* field = name == names::kEmail      ? &out.email
                         : name == names::kLocale   ? &out.locale
                         : name == names::kName     ? &out.name
                         : name == names::kPhone    ? &out.phone
                         : name == names::kTimeZone ? &out.time_zone
                                                    : nullptr;
    if (field == nullptr || !read(member, *field)) return false;
  }
  return true;
}

using Details = std::vector<std::pair<Detail, Value>>;

bool read(dom::element json, Details& out) {
  dom::object members;
  if (json.get(members) != simdjson::SUCCESS) return false;
  std::size_t next = 0;  // our keys are sorted by name, so each search begins where the last ended
  for (const auto [name, member] : members) {
    std::size_t tried = 0;
    while (tried < kDetailCount && info(kDetailsByName[next % kDetailCount]).column != name) ++next, ++tried;
    if (tried == kDetailCount) return false;
    auto& [detail, value] = out.emplace_back(kDetailsByName[next % kDetailCount], Null{});
    if (!read(member, value)) return false;
  }
  return true;
}

class Decoder {
 public:
  std::optional<Facts> facts(dom::object json) {
    std::uint64_t version = 0;
    if (json[names::kVersion].get(version) != simdjson::SUCCESS || version != kFactsVersion) return {};
    dom::element table;
    if (json[names::kStamps].get(table) != simdjson::SUCCESS || !read_stamps(table)) return {};
    Facts out;
    for (const auto [name, member] : json)
      if (!read_member(name, member, out)) return {};
    if (out.booker.has_value() != out.booker_stamp.has_value()) return {};
    return out;
  }

 private:
  bool read_member(std::string_view name, dom::element json, Facts& out) {
    if (name == names::kVersion || name == names::kStamps) return true;
    if (name == names::kBooker) return stamped(json, out.booker_stamp, out.booker.emplace());
    if (name == names::kBorn) return stamp(json, out.born);
    if (name == names::kDetails) return read_details(json, out);
    if (name == names::kFirst) return stamp(json, out.first);
    if (name == names::kHosts) return read_hosts(json, out.hosts);
    if (name == names::kMoved) return stamp(json, out.moved);
    if (name == names::kNewest) return stamp(json, out.newest);
    if (name == names::kPredecessors) return read_links(json, out.predecessors);
    if (name == names::kSeated) return read(json, out.seated);
    if (name == names::kSeats) return read_seats(json, out);
    if (name == names::kStanding) return read(json, out.standing, Step::kRejected);
    if (name == names::kStep) return read(json, out.step, Step::kRescheduled);
    if (name == names::kSuccessors) return read_links(json, out.successors);
    if (name == names::kWholeCancel) return read(json, out.whole_cancel);
    return false;
  }

  bool read_stamps(dom::element json) {
    dom::array all;
    if (json.get(all) != simdjson::SUCCESS) return false;
    for (const dom::element one : all)
      if (!read(one, stamps_.emplace_back())) return false;
    return true;
  }

  bool stamp(dom::element json, Stamp& out) const {
    std::uint64_t index = 0;
    if (json.get(index) != simdjson::SUCCESS || index >= stamps_.size()) return false;
    out = stamps_[index];
    return true;
  }

  bool stamp(dom::element json, std::optional<Stamp>& out) const { return stamp(json, out.emplace()); }

  template <typename StampField, typename Field>
  bool stamped(dom::element json, StampField& stamp_field, Field& field) const {
    dom::array pair;
    if (json.get(pair) != simdjson::SUCCESS) return false;
    auto part = pair.begin();
    if (part == pair.end() || !stamp(*part, stamp_field)) return false;
    if (++part == pair.end() || !read(*part, field)) return false;
    return !(++part != pair.end());
  }

  // Groups of [stamp, {name: value, …}].
  bool read_details(dom::element json, Facts& out) const {
    dom::array groups;
    if (json.get(groups) != simdjson::SUCCESS) return false;
    for (const dom::element group : groups) {
      Stamp written;
      Details members;
      if (!stamped(group, written, members)) return false;
      for (auto& [detail, value] : members)
        out.details[static_cast<std::size_t>(detail)] = Register{written, std::move(value)};
    }
    return true;
  }

  static bool read_hosts(dom::element json, std::set<std::string>& out) {
    dom::array all;
    if (json.get(all) != simdjson::SUCCESS) return false;
    std::string host;
    for (const dom::element one : all) {
      if (!read(one, host)) return false;
      out.insert(out.end(), host);
    }
    return true;
  }

  // Sorted and unique by uid, as the merge searches them.
  bool read_links(dom::element json, std::vector<Link>& out) const {
    dom::array all;
    if (json.get(all) != simdjson::SUCCESS) return false;
    for (const dom::element one : all) {
      Link link;
      if (!stamped(one, link.stamp, link.uid)) return false;
      if (!out.empty() && out.back().uid >= link.uid) return false;
      out.push_back(std::move(link));
    }
    return true;
  }

  bool read_seats(dom::element json, Facts& out) const {
    dom::object members;
    if (json.get(members) != simdjson::SUCCESS) return false;
    for (const auto [email, member] : members) {
      const auto at = out.seats.try_emplace(out.seats.end(), std::string(email));
      if (!read_seat(member, at->second)) return false;
      if (at->second.added) at->second.person.email = email;
    }
    return true;
  }

  bool read_seat(dom::element json, Seat& out) const {
    dom::object members;
    if (json.get(members) != simdjson::SUCCESS) return false;
    bool good = true, person = false;
    for (const auto [name, member] : members) {
      if (name == names::kAdded)
        good = stamp(member, out.added);
      else if (name == names::kBooked)
        good = stamp(member, out.booked);
      else if (name == names::kCancelled)
        good = stamp(member, out.cancelled);
      else if (name == names::kConfirmed)
        good = stamp(member, out.confirmed);
      else if (name == names::kMovedIn)
        good = stamp(member, out.moved_in);
      else if (name == names::kMovedOut)
        good = stamp(member, out.moved_out);
      else if (name == names::kNoShow)
        good = stamped(member, out.no_show_stamp, out.no_show.emplace());
      else if (name == names::kPerson)
        good = person = read(member, out.person);
      else if (name == names::kSeatUid)
        good = stamped(member, out.seat_uid_stamp, out.seat_uid);
      else
        return false;
      if (!good) return false;
    }
    return person == out.added.has_value();
  }

  std::vector<Stamp> stamps_;
};

}  // namespace

std::optional<Facts> decode_facts(std::string_view json) {
  dom::parser parser;
  dom::object root;
  const auto error = parser.parse(json.data(), json.size()).get(root);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();  // says nothing about the text
  if (error != simdjson::SUCCESS) return {};
  return Decoder().facts(root);
}

}  // namespace calcom
