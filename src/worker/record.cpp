// See record.hpp.
#include "worker/record.hpp"

#include "core/retry.hpp"
#include "pg/settings.hpp"

namespace calcom::worker {

namespace {

constexpr Micros kShortWait = kSecond;

void retry(const Outgoing& sent, const Outcome& outcome, Micros now, std::uint64_t dice, Finished& finished) {
  const RetryPlan plan = plan_retry(sent.attempt, pg::settings().max_attempts, outcome.unknown,
                                    sent.first_attempt_at, now, outcome.wait_until, dice);
  switch (plan.next) {
    case Next::kRetryAt:
      finished.state = "queued";
      finished.again = plan.at;
      return;
    case Next::kFailed:
      finished.state = "failed";
      return;
    case Next::kUncertain:
      finished.state = "uncertain";
      return;
  }
}

void tell_sender(const Answer& answer, const Outcome& outcome, Sender& sender, Micros now) {
  sender.rate.learn(rate_advice(answer, now), now);
  sender.stop_reason = outcome.reason;
  switch (outcome.verdict) {
    case Verdict::kStop:
      return sender.circuit.stopped(now);
    case Verdict::kRetry:
      return sender.circuit.stumbled(now);
    case Verdict::kWait:
      sender.wait_until = std::max(sender.wait_until, outcome.wait_until.value_or(now + kShortWait));
      // A used-up second holds for whoever shares the key; a quota is asked about by each worker anew.
      if (sender.wait_until - now <= kMinute) sender.rate.close(sender.wait_until, now);
      return sender.circuit.not_asked();
    case Verdict::kSent:
    case Verdict::kFail:
    case Verdict::kConflict:
      return sender.circuit.answered();
  }
}

}  // namespace

Finished judge_answer(const Outgoing& sent, const Answer& answer, Sender& sender, Micros now,
                      std::uint64_t dice) {
  const Outcome outcome = classify(answer, now);
  tell_sender(answer, outcome, sender, now);
  Finished finished;
  finished.account = sent.account;
  finished.id = sent.id;
  finished.attempt = sent.attempt;
  finished.reason = outcome.reason;
  switch (outcome.verdict) {
    case Verdict::kSent:
      finished.state = "sent";
      finished.provider_id = outcome.provider_id;
      finished.reason.clear();
      break;
    case Verdict::kFail:
      finished.state = "failed";
      break;
    case Verdict::kRetry:
      retry(sent, outcome, now, dice, finished);
      break;
    case Verdict::kWait:
    case Verdict::kStop:
      finished.state = "queued";
      finished.refund = true;
      finished.again = outcome.wait_until;
      break;
    case Verdict::kConflict:
      finished.state = "uncertain";
      break;
  }
  return finished;
}

// A first attempt that is nobody's is undone as a whole: the provider has definitely not taken the mail, so
// its 23 hours have not begun.
void record(pg::Spi& spi, const Lease& lease, const std::vector<Finished>& finished) {
  static constinit pg::Statement statement{
      "update @extschema@.email_outbox o set state = u.state, reason = u.reason,"
      "  provider_id = coalesce(u.provider_id, o.provider_id), send_after = coalesce(u.again, o.send_after),"
      "  attempts = o.attempts - u.refund::integer,"
      "  first_attempt_at = case when u.refund and o.attempts = 1 then null else o.first_attempt_at end,"
      "  lease_node = null, lease_epoch = null,"
      "  settled_at = case when u.state <> 'queued' then pg_catalog.clock_timestamp() end"
      " from rows from (pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5),"
      "                 pg_catalog.unnest($6), pg_catalog.unnest($7), pg_catalog.unnest($8),"
      "                 pg_catalog.unnest($9), pg_catalog.unnest($10))"
      "        as u (account, id, attempt, state, reason, provider_id, again, refund)"
      " where o.account = u.account and o.id = u.id and o.state = 'sending' and o.lease_node = $1"
      "   and o.lease_epoch = $2 and o.attempts = u.attempt"};
  std::vector<std::string> accounts, states, reasons, providers;
  std::vector<pg_uuid_t> ids;
  std::vector<std::int64_t> attempts;
  std::vector<std::optional<Micros>> again;
  std::vector<std::optional<bool>> refunds;
  for (const Finished& row : finished) {
    accounts.push_back(row.account);
    ids.push_back(row.id);
    attempts.push_back(row.attempt);
    states.push_back(row.state);
    reasons.push_back(row.reason);
    providers.push_back(row.provider_id);
    again.emplace_back(row.again);
    refunds.emplace_back(row.refund);
  }
  spi.run(statement, pg::Params()
                         .text(lease.node)
                         .int8(lease.epoch)
                         .texts(accounts)
                         .uuids(ids)
                         .int8s(attempts)
                         .texts(states)
                         .texts_or_null(reasons)
                         .texts_or_null(providers)
                         .times(again)
                         .booleans(refunds));
}

}  // namespace calcom::worker
