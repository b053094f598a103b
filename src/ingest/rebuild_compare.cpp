// The rebuilt bookings against the tables. Three projections of one booking meet here: of the rebuilt facts,
// of the stored facts, and the row itself. Stored facts that project to something else are wrong and repaired;
// a row that differs from the projection of its own stored facts was changed by hand and is left alone,
// unless the caller says otherwise.
#include <algorithm>

#include "ingest/rebuild.hpp"
#include "outbox/owe.hpp"
#include "store/booking_columns.hpp"
#include "store/booking_store.hpp"
#include "store/change_origin.hpp"

namespace calcom::ingest {

using namespace outbox;

namespace {

using Bookings = std::map<std::string, Booking, std::less<>>;

const VisibleAttendee* find(const Booking& booking, const std::string& email) {
  const auto at = std::find_if(booking.attendees.begin(), booking.attendees.end(),
                               [&](const VisibleAttendee& one) { return one.person.email == email; });
  return at == booking.attendees.end() ? nullptr : &*at;
}

bool same_attendee(const Booking& a, const Booking& b, const std::string& email) {
  const VisibleAttendee* left = find(a, email);
  const VisibleAttendee* right = find(b, email);
  if (left == nullptr || right == nullptr) return left == right;
  constexpr auto kOrganizer = static_cast<std::size_t>(Detail::kOrganizerEmail);
  return *left == *right && a.details[kOrganizer] == b.details[kOrganizer];
}

class Comparison {
 public:
  Comparison(Spi& spi, const std::string& account, Repair repair)
      : spi_(spi), account_(account), repair_(repair) {}

  // The row exists: `before` is the projection of its stored facts.
  void existing(const Booking& before, const Booking& after, bool same_facts) {
    const std::size_t first = findings_.size();
    columns_ = compare_columns(spi_, account_, after);
    attendees_ = compare_attendees(spi_, account_, after);
    const std::int64_t ours = differing_columns(before, after);
    for (const Difference& one : columns_) note(after.uid, one.name, one, (ours & one.column) != 0);
    for (const Difference& one : attendees_)
      note(after.uid, "attendee " + one.name, one, !same_attendee(before, after, one.name));
    const bool repaired = std::any_of(findings_.begin() + static_cast<std::ptrdiff_t>(first), findings_.end(),
                                      [](const Finding& one) { return one.what != "hand edit"; });
    if (!same_facts && !repaired) findings_.push_back({after.uid, differs(), "facts", {}, {}});
    if (findings_.size() == first) findings_.push_back({after.uid, "same", "", {}, {}});
  }

  void missing(const Booking& after) {
    findings_.push_back({after.uid, differs(), "row", {}, std::string(name(after.status))});
  }

  // The log has no event of it, so its row is all that is known and is never removed.
  void inserted_by_hand(const std::string& uid) {
    findings_.push_back({uid, "hand edit", "row", "inserted by hand", {}});
  }

  // After existing(): writes what it found.
  void write(const Booking& before, const Booking& after) {
    if (before != after) {
      update_booking(spi_, account_, before, after);
      write_attendees(spi_, account_, &before, after);
    }
    if (repair_ == Repair::kHandEditsToo) overwrite(after);
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  std::string differs() const { return repair_ == Repair::kNothing ? "differs" : "rebuilt"; }

  void note(const std::string& uid, const std::string& column, const Difference& one, bool ours) {
    const bool by_hand = !ours && repair_ != Repair::kHandEditsToo;
    findings_.push_back({uid, by_hand ? "hand edit" : differs(), column, one.stored, one.wanted});
  }

  void overwrite(const Booking& after) {
    std::int64_t columns = 0;
    for (const Difference& one : columns_) columns |= one.column;
    if (columns != 0) write_columns(spi_, account_, after, columns);
    std::vector<const VisibleAttendee*> wrong;
    std::vector<std::string> surplus;
    for (const Difference& one : attendees_) {
      if (const VisibleAttendee* attendee = find(after, one.name))
        wrong.push_back(attendee);
      else
        surplus.push_back(one.name);
    }
    upsert_attendees(spi_, account_, after, wrong);
    remove_attendees(spi_, account_, after.uid, surplus);
  }

  Spi& spi_;
  const std::string& account_;
  Repair repair_;
  std::vector<Finding> findings_;
  std::vector<Difference> columns_, attendees_;  // of the booking at hand
};

void insert(Spi& spi, const std::string& account, const Booking& after, const Facts& facts) {
  if (!insert_booking(spi, account, after, facts))
    throw SqlError{ERRCODE_LOCK_NOT_AVAILABLE, "the booking was inserted at this moment",
                   "Booking uid: " + after.uid + ".", "Try again."};
  write_attendees(spi, account, nullptr, after);
}

}  // namespace

std::vector<Finding> compare_chain(Spi& spi, const std::string& account, const Rebuilt& rebuilt,
                                   Repair repair) {
  const Bookings before = project_chain(rebuilt.chain.stored);
  const Bookings after = project_chain(rebuilt.facts);
  const OriginScope cause("rebuild");
  Comparison comparison(spi, account, repair);
  for (const auto& [uid, facts] : rebuilt.facts) {
    const Booking& wanted = after.at(uid);
    const auto stored = rebuilt.chain.stored.find(uid);
    if (stored == rebuilt.chain.stored.end()) {
      comparison.missing(wanted);
      if (repair == Repair::kNothing) continue;
      insert(spi, account, wanted, facts);
      note_mails(spi, account, std::nullopt, nullptr, wanted, Mails::kBaseline);
      continue;
    }
    const Booking& stored_booking = before.at(uid);
    comparison.existing(stored_booking, wanted, stored->second == facts);
    if (repair == Repair::kNothing) continue;
    comparison.write(stored_booking, wanted);
    if (stored->second != facts) update_facts(spi, account, uid, facts);
    note_mails(spi, account, std::nullopt, &stored_booking, wanted, Mails::kBaseline);
  }
  for (const auto& [uid, facts] : rebuilt.chain.stored)
    if (!rebuilt.facts.contains(uid)) comparison.inserted_by_hand(uid);
  return comparison.take();
}

}  // namespace calcom::ingest
