// See plan.hpp.
#include "core/sending/plan.hpp"

#include <algorithm>
#include <utility>

namespace calcom {

namespace {

// When this database wants a worker; the past means now, 0 means never.
Micros wanted_at(const DatabasePlan& plan, const Demand& demand) {
  if (!demand.marked) return 0;
  if (demand.wanted || !plan.known) return std::max<Micros>(plan.not_before, 1);
  const Micros poll = plan.ended_at + kSafetyPoll;
  const Micros due = demand.next_due == 0 ? poll : std::min(poll, demand.next_due);
  return std::max({plan.not_before, due, Micros{1}});
}

}  // namespace

void clock_set_back(DatabasePlan& plan, Micros by) {
  for (Micros* const at : {&plan.started_at, &plan.ended_at, &plan.not_before}) *at -= by;
}

void note_started(DatabasePlan& plan, Micros now) {
  plan.running = true;
  plan.started_at = now;
}

void note_ended(DatabasePlan& plan, WorkerEnd end, Micros now) {
  if (plan.running && now - plan.started_at >= kHealthy) plan.failures = 0;
  plan.running = false;
  plan.ended_at = now;
  switch (end) {
    case WorkerEnd::kWell:
      plan.known = true;
      plan.failures = 0;
      plan.not_before = 0;
      return;
    case WorkerEnd::kLater:
      plan.known = false;
      plan.not_before = now + kNotOurTurn;
      return;
    case WorkerEnd::kFailed:
      plan.known = false;
      const Micros pause = kFirstBackoff << std::min(plan.failures, 20);
      plan.not_before = now + std::min(pause, kLongestBackoff);
      ++plan.failures;
      return;
  }
}

Decision decide(const std::vector<DatabasePlan>& plans, const std::vector<Demand>& demands,
                std::size_t places, Micros now) {
  Decision decision;
  std::vector<std::pair<Micros, std::size_t>> due;
  std::size_t running = 0;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (plans[i].running) {
      ++running;
      continue;
    }
    const Micros at = wanted_at(plans[i], demands[i]);
    if (at == 0) continue;
    if (at <= now)
      due.emplace_back(at, i);
    else if (decision.look_again_at == 0 || at < decision.look_again_at)
      decision.look_again_at = at;
  }
  std::sort(due.begin(), due.end());
  for (const auto& [at, index] : due) {
    if (running >= places) {
      decision.crowded = true;
      break;
    }
    decision.start.push_back(index);
    ++running;
  }
  return decision;
}

}  // namespace calcom
