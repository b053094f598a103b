#include "outbox/send_state.hpp"

#include <algorithm>
#include <tuple>

#include "core/base/text.hpp"
#include "pg/log.hpp"

namespace calcom::outbox {

namespace {

std::optional<Wait> wait_of(const SendState& sender) {
  if (!sender.circuit.open()) return std::nullopt;
  return Wait{sender.reason, sender.refused, sender.cause, sender.circuit.ready_at(), sender.circuit.pause()};
}

// Without its account it would break the round, and the answers in it could not be recorded.
void write(pg::Spi& spi, const std::string& account, const Wait& wait) {
  static constinit pg::Statement statement{
      "insert into @extschema@.email_waits as w (account, reason, sender_domain, until, pause, cause)"
      " select a.account, $2, $3, $4, $5 * interval '1 microsecond', $6 from @extschema@.calcom_accounts a"
      "  where a.account = $1"
      " on conflict (account) do update set reason = excluded.reason, sender_domain = excluded.sender_domain,"
      "   cause = excluded.cause, until = excluded.until, pause = excluded.pause,"
      "   since = case when (w.reason, w.sender_domain) is not distinct from"
      "                     (excluded.reason, excluded.sender_domain) then w.since else excluded.since end"};
  spi.run(statement, pg::Params()
                         .text(account)
                         .text(wait.reason)
                         .text_or_null(wait.domain)
                         .time(wait.until)
                         .int8(wait.pause)
                         .text(name(wait.cause)));
}

void remove(pg::Spi& spi, const std::string& account) {
  static constinit pg::Statement statement{"delete from @extschema@.email_waits w where w.account = $1"};
  spi.run(statement, pg::Params().text(account));
}

// The same words as calcom_doctor()'s.
void tell(pg::Spi& spi, const std::string& account, const Wait& wait) {
  static constinit pg::Statement statement{
      "select e.finding, e.command from calcom_internal.explain_wait($1, $2, $3, $4, $5) e"};
  const pg::Rows rows = spi.run(statement, pg::Params()
                                               .text(account)
                                               .text(name(wait.cause))
                                               .text(wait.reason)
                                               .text_or_null(wait.domain)
                                               .time(wait.until));
  log_waits(account, rows.text(0, 1), rows.text(0, 2));
}

}  // namespace

std::optional<Wait> stored_wait(pg::Spi& spi, const std::string& account) {
  static constinit pg::Statement statement{
      "select w.reason, w.sender_domain, w.cause, w.until, (extract(epoch from w.pause) * 1000000)::bigint"
      "  from @extschema@.email_waits w where w.account = $1"};
  const pg::Rows rows = spi.run(statement, pg::Params().text(account));
  if (rows.empty()) return std::nullopt;
  return Wait{rows.text(0, 1), rows.text(0, 2),
              parse<MailCause>(rows.text(0, 3)).value_or(MailCause::kNoAnswer), rows.time(0, 4).value_or(0),
              rows.int8(0, 5)};
}

void SendState::stop(Micros now, std::optional<Micros> pause, MailCause what, std::string_view why,
                     std::string_view whom) {
  if (circuit.deaf()) return;
  circuit.stopped(now, pause);
  cause = what;
  reason = why;
  refused = whom;
}

SendState& SendStates::load(pg::Spi& spi, const MailAccount& account, Micros now) {
  SendState& sender = of(account.name);
  sender.rate = KeyRate(account.key);
  sender.domain = sender_domain(account.sender);
  if (!sender.loaded) {
    sender.loaded = true;
    sender.stored = stored_wait(spi, account.name);
    if (const auto& wait = sender.stored) {
      sender.circuit.resume_open(now, wait->pause, wait->until);
      sender.reason = wait->reason;
      sender.cause = wait->cause;
      sender.refused = wait->domain;
    }
  }
  // Another domain is another question.
  if (!sender.refused.empty() && sender.refused != sender.domain) {
    sender.circuit = Circuit();
    sender.refused.clear();
  }
  return sender;
}

void SendStates::sort(std::vector<MailAccount>& accounts) {
  std::sort(accounts.begin(), accounts.end(), [this](const MailAccount& one, const MailAccount& other) {
    return std::tuple(one.most_urgent, of(one.name).served) <
           std::tuple(other.most_urgent, of(other.name).served);
  });
}

bool SendStates::end_waits(pg::Spi& spi, Micros now) {
  ending_ = changed_;
  changed_ = false;
  if (!ending_) return false;
  static constinit pg::Statement statement{
      "update @extschema@.email_waits w set until = $1 where w.until > $1"};
  spi.run(statement, pg::Params().time(now));
  for (auto& [account, sender] : senders_) sender.circuit.probe_soon(now);
  return true;
}

void SendStates::clock_set_back(Micros by) {
  for (auto& [account, sender] : senders_) sender.circuit.clock_set_back(by);
}

void SendStates::store(pg::Spi& spi) {
  for (auto& [account, sender] : senders_) {
    if (!sender.loaded) continue;
    const std::optional<Wait> wait = wait_of(sender);
    if (sender.sure && wait == sender.stored) continue;
    if (wait)
      write(spi, account, *wait);
    else
      remove(spi, account);
    const bool news = wait && (!sender.stored || wait->reason != sender.stored->reason ||
                               wait->domain != sender.stored->domain);
    if (news) tell(spi, account, *wait);
    if (!wait && sender.stored) log_leaves_again(account);
    sender.stored = wait;
    sender.sure = true;
  }
}

void SendStates::unsure() {
  for (auto& [account, sender] : senders_) sender.sure = false;
  changed_ = changed_ || ending_;
}

}  // namespace calcom::outbox
