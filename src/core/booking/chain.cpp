// Chains of reschedules: every booking has at most one parent (parent_uid), so following parents ends at the
// start of the chain, or in a ring. Only forged or very odd bodies make a ring; then its smallest uid is the
// root of everything in it and behind it, which does not depend on where the walk began.
#include <algorithm>

#include "core/booking/merge.hpp"
#include "core/booking/project.hpp"

namespace calcom {

namespace {

using Roots = std::map<std::string_view, std::string_view, std::less<>>;

std::string_view parent_of(const FactsByUid& chain, std::string_view uid) {
  const auto row = chain.find(uid);
  return row == chain.end() ? std::string_view() : parent_uid(row->second);
}

// Root of a path that has no known root yet: `path` walks from a booking to its oldest ancestor, and `next`
// is what that one names as its parent: nothing, or a booking of the path itself.
std::string_view root_of_path(const std::vector<std::string_view>& path, std::string_view next) {
  if (next.empty()) return path.back();
  return *std::min_element(std::find(path.begin(), path.end(), next), path.end());
}

// Every booking is walked over once, so a chain of any length costs its length.
void find_root(const FactsByUid& chain, std::string_view uid, Roots& roots) {
  std::vector<std::string_view> path;
  constexpr std::string_view kOnPath;  // a null view marks the path being walked
  std::string_view next = uid;
  while (!next.empty() && roots.try_emplace(next, kOnPath).second) {
    path.push_back(next);
    next = parent_of(chain, next);
  }
  if (path.empty()) return;
  const bool known = !next.empty() && !roots[next].empty();
  const std::string_view root = known ? roots[next] : root_of_path(path, next);
  for (const std::string_view step : path) roots[step] = root;
}

}  // namespace

std::map<std::string, Booking, std::less<>> project_chain(const FactsByUid& chain) {
  Roots roots;
  std::map<std::string, Booking, std::less<>> bookings;
  for (const auto& [uid, facts] : chain) {
    find_root(chain, uid, roots);
    Booking booking = project(uid, facts);
    booking.root_uid = roots[uid];
    bookings.emplace_hint(bookings.end(), uid, std::move(booking));
  }
  return bookings;
}

}  // namespace calcom
