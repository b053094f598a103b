#include "outbox/record_result.hpp"

#include <limits>

#include "core/sending/retry.hpp"
#include "pg/settings.hpp"

namespace calcom::outbox {

namespace {

constexpr Micros kShortWait = kSecond;

// True if the attempt is not counted: the request did not arrive, or the provider did not answer while the
// circuit is open. The first attempt is counted if it may have arrived.
bool is_not_counted(const Outgoing& sent, const Outcome& outcome, const SendState& sender) {
  return outcome.unreached || (outcome.unknown && sender.circuit.open() && sent.attempt > 1);
}

void retry(const Outgoing& sent, const Outcome& outcome, const SendState& sender, Micros now,
           std::uint64_t dice, Finished& finished) {
  finished.not_counted = is_not_counted(sent, outcome, sender);
  const int most = finished.not_counted ? std::numeric_limits<int>::max() : pg::settings().max_attempts;
  const RetryPlan plan =
      plan_retry(sent.attempt, most, finished.in_doubt, sent.first_attempt_at, now, outcome.wait_until, dice);
  switch (plan.next) {
    case Next::kRetryAt:
      finished.state = MailState::kQueued;
      finished.again = plan.at;
      return;
    case Next::kFailed:
      finished.state = MailState::kFailed;
      return;
    case Next::kUncertain:
      finished.state = MailState::kUncertain;
      return;
  }
}

// A used-up rate limit or quota applies to every sender that shares the key.
void wait(const Outcome& outcome, SendState& sender, Micros now) {
  const Micros until = outcome.wait_until.value_or(now + kShortWait);
  sender.rate.close(until, now);
  if (until - now > kLongPause)
    sender.stop(now, until - now, outcome.cause.value_or(MailCause::kRateLimited), outcome.reason);
  else
    sender.circuit.not_asked();
}

void tell_sender(const Answer& answer, const Outcome& outcome, SendState& sender, Micros now,
                 const std::string& refused) {
  sender.rate.learn(rate_advice(answer, now), now);
  switch (outcome.verdict) {
    case Verdict::kStop:
      if (refused != sender.domain && !refused.empty()) return sender.circuit.answered();
      if (outcome.probe_after && !outcome.of_domain) sender.rate.close(now + *outcome.probe_after, now);
      return sender.stop(now, outcome.probe_after, outcome.cause.value_or(MailCause::kProviderFailed),
                         outcome.reason, refused);
    case Verdict::kRetry:
      if (!sender.circuit.deaf()) {
        sender.reason = outcome.reason;
        sender.cause = outcome.cause.value_or(MailCause::kProviderFailed);
        sender.refused.clear();
      }
      return sender.circuit.stumbled(now);
    case Verdict::kWait:
      return wait(outcome, sender, now);
    case Verdict::kSent:
    case Verdict::kFail:
    case Verdict::kConflict:
      return sender.circuit.answered();
  }
}

}  // namespace

Finished judge_answer(const Outgoing& sent, const Answer& answer, SendState& sender, Micros now,
                      std::uint64_t dice) {
  const Outcome outcome = classify(answer, now);
  const std::string refused = outcome.of_domain ? sent.domain : std::string();
  tell_sender(answer, outcome, sender, now, refused);
  Finished finished;
  finished.account = sent.account;
  finished.id = sent.id;
  finished.attempt = sent.attempt;
  finished.reason = outcome.reason;
  finished.cause = outcome.cause;
  finished.provider_message = outcome.provider_message;
  finished.in_doubt = outcome.unknown || sent.in_doubt;
  switch (outcome.verdict) {
    case Verdict::kSent:
      finished.state = MailState::kSent;
      finished.provider_id = outcome.provider_id;
      finished.reason.clear();
      finished.in_doubt = false;
      break;
    case Verdict::kFail:
      finished.state = MailState::kFailed;  // earlier attempts sent the same bytes, so they failed too
      finished.in_doubt = false;
      break;
    case Verdict::kRetry:
      retry(sent, outcome, sender, now, dice, finished);
      break;
    case Verdict::kWait:  // a long wait is the sender's, so that all rows continue together
      finished.state = MailState::kQueued;
      finished.not_counted = true;
      if (outcome.wait_until && *outcome.wait_until - now <= kLongPause) finished.again = outcome.wait_until;
      break;
    case Verdict::kStop:
      finished.state = MailState::kQueued;
      finished.not_counted = true;
      if (!refused.empty() && refused != sender.domain) finished.again = now + kDomainProbe;
      break;
    case Verdict::kConflict:
      finished.state = MailState::kUncertain;
      finished.in_doubt = true;
      break;
  }
  finished.never_reached_provider = finished.not_counted && !finished.in_doubt;
  finished.recompose = finished.never_reached_provider && outcome.of_domain;
  return finished;
}

// If no attempt can have been accepted and this one is not counted, resets first_attempt_at. If the sender's
// domain was refused, also removes the composed mail and sets a new key: the account may get another sender.
void record(pg::Spi& spi, const Lease& lease, const std::vector<Finished>& finished) {
  static constinit pg::Statement statement{
      "update @extschema@.email_outbox o set state = u.state, reason = u.reason,"
      "  cause = u.cause, provider_message = u.provider_message, provider_id = coalesce(u.provider_id, "
      "o.provider_id), send_after = coalesce(u.again, o.send_after),"
      "  attempts = o.attempts - u.not_counted::integer,"
      "  in_doubt = u.in_doubt,"
      "  first_attempt_at = case when u.never_reached_provider then null else o.first_attempt_at end,"
      "  request = case when u.recompose then null else o.request end,"
      "  subject = case when u.recompose then null else o.subject end,"
      "  mail_mode = case when u.recompose then null else o.mail_mode end,"
      "  idempotency_key = case when u.recompose then pg_catalog.gen_random_uuid()::text"
      "                         else o.idempotency_key end,"
      "  lease_node = null, lease_epoch = null,"
      "  settled_at = case when u.state <> 'queued' then pg_catalog.clock_timestamp() end"
      " from rows from (pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5),"
      "                 pg_catalog.unnest($6), pg_catalog.unnest($7), pg_catalog.unnest($8),"
      "                 pg_catalog.unnest($9), pg_catalog.unnest($10), pg_catalog.unnest($11),"
      "                 pg_catalog.unnest($12), pg_catalog.unnest($13), pg_catalog.unnest($14),"
      "                 pg_catalog.unnest($15))"
      "        as u (account, id, attempt, state, reason, provider_id, again, not_counted, in_doubt, "
      "never_reached_provider, "
      "recompose, cause, provider_message)"
      " where o.account = u.account and o.id = u.id and o.state = 'sending' and o.lease_node = $1"
      "   and o.lease_epoch = $2 and o.attempts = u.attempt"};
  std::vector<std::string> accounts, states, reasons, providers, causes, messages;
  std::vector<pg_uuid_t> ids;
  std::vector<std::int64_t> attempts;
  std::vector<std::optional<Micros>> again;
  std::vector<std::optional<bool>> not_counted, in_doubt, never_reached_provider, recompose;
  for (const Finished& row : finished) {
    accounts.push_back(row.account);
    ids.push_back(row.id);
    attempts.push_back(row.attempt);
    states.emplace_back(name(row.state));
    causes.emplace_back(row.cause ? name(*row.cause) : std::string_view());
    messages.push_back(row.provider_message);
    reasons.push_back(row.reason);
    providers.push_back(row.provider_id);
    again.emplace_back(row.again);
    not_counted.emplace_back(row.not_counted);
    in_doubt.emplace_back(row.in_doubt);
    never_reached_provider.emplace_back(row.never_reached_provider);
    recompose.emplace_back(row.recompose);
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
                         .booleans(not_counted)
                         .booleans(in_doubt)
                         .booleans(never_reached_provider)
                         .booleans(recompose)
                         .texts_or_null(causes)
                         .texts_or_null(messages));
}

}  // namespace calcom::outbox
