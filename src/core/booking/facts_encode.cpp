// Facts to their stored form. Most of a booking's registers were written by the same one or two events, so
// the stamps stand once in a sorted table and everything else names them by index: half the bytes, and equal
// facts still give equal bytes. What has its default value is left out. Objects are filled in the order of
// their keys.
#include <algorithm>

#include "core/base/json_compose.hpp"
#include "core/booking/booking.hpp"
#include "core/booking/facts_names.hpp"
#include "core/booking/facts_stamps.hpp"

namespace calcom {

namespace {

// The registers of one event stand side by side, so most stamps equal the one before and need no search.
class StampTable {
 public:
  explicit StampTable(const Facts& facts) {
    each_stamp(facts, [this](const Stamp& stamp) {
      if (stamps_.empty() || stamps_.back() != stamp) stamps_.push_back(stamp);
    });
    std::sort(stamps_.begin(), stamps_.end());
    stamps_.erase(std::unique(stamps_.begin(), stamps_.end()), stamps_.end());
  }

  [[nodiscard]] std::size_t index(const Stamp& stamp) const {
    return static_cast<std::size_t>(std::lower_bound(stamps_.begin(), stamps_.end(), stamp) -
                                    stamps_.begin());
  }

  [[nodiscard]] JsonArray json() const {
    JsonArray all;
    for (const Stamp& stamp : stamps_) {
      JsonArray one;  // JSON numbers are signed: the hash goes as the same 64 bits
      one.push(stamp.at).push(stamp.rank).push(static_cast<std::int64_t>(stamp.hash));
      all.push(std::move(one));
    }
    return all;
  }

 private:
  std::vector<Stamp> stamps_;
};

JsonValue value_json(const Value& value) {
  struct {
    JsonValue operator()(Null) const { return Null{}; }
    JsonValue operator()(bool one) const { return one; }
    JsonValue operator()(std::int64_t one) const { return one; }
    JsonValue operator()(const std::string& one) const { return one; }
    JsonValue operator()(Instant one) const { return std::move(JsonObject().set(names::kAt, one.at)); }
    JsonValue operator()(const JsonText& one) const {
      return std::move(JsonObject().set(names::kJson, one.text));
    }
  } const to_json;
  return std::visit(to_json, value);
}

JsonObject person_json(const Person& person, bool with_email) {
  JsonObject json;
  const auto set = [&json](std::string_view name, const std::string& text) {
    if (!text.empty()) json.set(name, text);
  };
  if (with_email) set(names::kEmail, person.email);
  set(names::kLocale, person.locale);
  set(names::kName, person.name);
  set(names::kPhone, person.phone);
  set(names::kTimeZone, person.time_zone);
  return json;
}

class Encoder {
 public:
  explicit Encoder(const Facts& facts) : facts_(facts), stamps_(facts) {}

  std::string text() {
    JsonObject json;
    if (facts_.booker) {
      JsonArray booker;
      booker.push(stamps_.index(*facts_.booker_stamp)).push(person_json(*facts_.booker, true));
      json.set(names::kBooker, std::move(booker));
    }
    set_stamp(json, names::kBorn, facts_.born);
    json.set(names::kDetails, details());
    set_stamp(json, names::kFirst, facts_.first);
    json.set(names::kHosts, hosts());
    set_stamp(json, names::kMoved, facts_.moved);
    set_stamp(json, names::kNewest, facts_.newest);
    json.set(names::kPredecessors, links(facts_.predecessors));
    if (facts_.seated) json.set(names::kSeated, true);
    json.set(names::kSeats, seats());
    json.set(names::kStamps, stamps_.json());
    json.set(names::kStanding, static_cast<int>(facts_.standing));
    json.set(names::kStep, static_cast<int>(facts_.step));
    json.set(names::kSuccessors, links(facts_.successors));
    json.set(names::kVersion, kFactsVersion);
    if (facts_.whole_cancel) json.set(names::kWholeCancel, true);
    return json.dump();
  }

 private:
  void set_stamp(JsonObject& json, std::string_view name, const std::optional<Stamp>& stamp) {
    if (stamp) json.set(name, stamps_.index(*stamp));
  }

  // The details of each stamp together: one index for many of them.
  JsonArray details() {
    std::map<std::size_t, JsonObject> by_stamp;
    for (const Detail detail : kDetailsByName)
      if (const auto& held = facts_.details[static_cast<std::size_t>(detail)])
        by_stamp[stamps_.index(held->stamp)].set(info(detail).column, value_json(held->value));
    JsonArray json;
    for (auto& [stamp, members] : by_stamp) {
      JsonArray one;
      one.push(stamp).push(std::move(members));
      json.push(std::move(one));
    }
    return json;
  }

  JsonArray hosts() {
    JsonArray json;
    for (const std::string& host : facts_.hosts) json.push(host);
    return json;
  }

  JsonArray links(const std::vector<Link>& list) {
    JsonArray json;
    for (const Link& link : list) {
      JsonArray one;
      one.push(stamps_.index(link.stamp)).push(link.uid);
      json.push(std::move(one));
    }
    return json;
  }

  JsonObject seats() {
    JsonObject json;
    for (const auto& [email, seat] : facts_.seats) json.set(email, seat_json(seat));
    return json;
  }

  JsonObject seat_json(const Seat& seat) {
    JsonObject json;
    set_stamp(json, names::kAdded, seat.added);
    set_stamp(json, names::kBooked, seat.booked);
    set_stamp(json, names::kCancelled, seat.cancelled);
    set_stamp(json, names::kConfirmed, seat.confirmed);
    set_stamp(json, names::kMovedIn, seat.moved_in);
    set_stamp(json, names::kMovedOut, seat.moved_out);
    if (seat.no_show) {
      JsonArray no_show;
      no_show.push(stamps_.index(*seat.no_show_stamp)).push(*seat.no_show);
      json.set(names::kNoShow, std::move(no_show));
    }
    if (seat.added) json.set(names::kPerson, person_json(seat.person, false));
    if (seat.seat_uid_stamp) {
      JsonArray seat_uid;
      seat_uid.push(stamps_.index(*seat.seat_uid_stamp)).push(seat.seat_uid);
      json.set(names::kSeatUid, std::move(seat_uid));
    }
    return json;
  }

  const Facts& facts_;
  StampTable stamps_;
};

}  // namespace

std::string encode_facts(const Facts& facts) {
  return Encoder(facts).text();
}

}  // namespace calcom
