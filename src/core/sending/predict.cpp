// A simulation by events. Two queues, as the worker has them: mail that is not due yet, by time, and mail that is due,
// in the order in which the worker takes it.
#include "core/sending/predict.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace calcom {

namespace {

class Simulation {
 public:
  Simulation(const AccountState& account, const std::vector<MailAhead>& ahead, RecipientLimit limit,
             ProviderState provider, Micros now)
      : account_(account),
        ahead_(ahead),
        limit_(std::move(limit)),
        provider_(provider),
        now_(now),
        rows_(ahead.size()) {
    for (std::size_t i = 0; i < ahead_.size(); ++i) begin(i);
  }

  std::vector<Prediction> run(Micros until) {
    while (advance(until)) {
      const std::size_t next = std::get<3>(*due_.begin());
      due_.erase(due_.begin());
      settle(next);
    }
    return finished();
  }

 private:
  struct Row {
    Prediction prediction;
    MailState state = MailState::kQueued;
    Micros send_after = 0;
    bool was_put_off = false;  // by the limit per recipient
  };
  // Priority, send_after and id decide what the worker takes first.
  using Turn = std::tuple<int, Micros, MailId, std::size_t>;

  void begin(std::size_t i) {
    const MailAhead& mail = ahead_[i];
    Row& row = rows_[i];
    row.state = mail.state;
    row.send_after = mail.due;
    row.was_put_off = mail.state == MailState::kQueued && mail.cause == MailCause::kRecipientLimit;
    if (mail.mail.before) reminders_[{mail.booking_uid, mail.mail.recipient, start_of(mail)}].push_back(i);
    row.prediction.at = std::max(mail.due, now_);
    if (mail.state == MailState::kQueued && mail.due > now_ && mail.cause)
      delay(row, *mail.cause, mail.reason);
    if (mail.state == MailState::kHeld) {
      if (held(account_)) return decide(row, {MailState::kHeld, mail.cause, mail.reason, {}});
      if (mail.mail.made_in && *mail.mail.made_in != account_.mode)
        return decide(
            row,
            {MailState::kHeld, MailCause::kModeChanged, std::string(sentence(MailCause::kModeChanged)), {}});
      row.state = MailState::kQueued;
    }
    later_.emplace(row.prediction.at, i);
  }

  static Micros start_of(const MailAhead& mail) { return mail.mail.start_time.value_or(0); }

  static void delay(Row& row, MailCause cause, std::string reason) {
    row.prediction.delayed_by = cause;
    row.prediction.delay_reason = std::move(reason);
  }

  void decide(Row& row, MailFate fate) {
    row.state = fate.state;
    row.prediction.at = now_;  // held already
    row.prediction.fate = std::move(fate);
  }

  bool blocked() const {
    return account_.sends() && !held(account_) && provider_.circuit.open() &&
           now_ < provider_.circuit.ready_at();
  }

  // Moves the clock to when the worker takes the next mail; false: not until the end.
  bool advance(Micros until) {
    for (;;) {
      while (!later_.empty() && later_.begin()->first <= now_) {
        const std::size_t i = later_.begin()->second;
        later_.erase(later_.begin());
        due_.emplace(ahead_[i].priority, rows_[i].send_after, ahead_[i].mail.id, i);
      }
      const bool waits = blocked();
      if (!due_.empty() && !waits) return true;
      std::optional<Micros> next;
      if (!later_.empty()) next = later_.begin()->first;
      if (!due_.empty())
        next = std::min(next.value_or(provider_.circuit.ready_at()), provider_.circuit.ready_at());
      if (!next || *next > until) return false;
      now_ = *next;
    }
  }

  DueMail as_of_now(std::size_t i) const {
    DueMail mail = ahead_[i].mail;
    mail.others = limit_.others(mail.recipient, mail.id, ahead_[i].priority, rows_[i].was_put_off, now_);
    const auto group = reminders_.find({ahead_[i].booking_uid, mail.recipient, start_of(ahead_[i])});
    if (mail.before && group != reminders_.end())
      for (const std::size_t other : group->second)
        if (other != i)
          mail.reminders.push_back({*ahead_[other].mail.before, rows_[other].state, rows_[other].send_after});
    return mail;
  }

  void settle(std::size_t i) {
    Row& row = rows_[i];
    const std::string& recipient = ahead_[i].mail.recipient;
    AccountState account = account_;
    account.closed_by.reset();  // the circuit is asked before a mail is taken
    MailFate fate = judge(as_of_now(i), account, ahead_[i].booking, now_);
    if (fate.state == MailState::kQueued) {
      const Micros again = fate.again.value_or(now_);
      row.was_put_off = fate.cause == MailCause::kRecipientLimit;
      if (row.was_put_off) limit_.planned(recipient, ahead_[i].mail.id, again, ahead_[i].priority);
      return wait(i, again, std::move(fate));
    }
    if (fate.state != MailState::kSending) return decide_now(row, std::move(fate));
    if (provider_.circuit.open() && provider_.refusal) return refuse(i);
    if (provider_.circuit.open()) {  // the probe is taken
      provider_.circuit.started();
      provider_.circuit.answered();
    }
    limit_.sent(recipient, ahead_[i].mail.id, now_);
    fate.state = MailState::kSent;
    decide_now(row, std::move(fate));
  }

  void decide_now(Row& row, MailFate fate) {
    row.state = fate.state;
    row.prediction.at = now_;
    row.prediction.fate = std::move(fate);
  }

  // The probe meets the same refusal: it keeps its place, and the circuit opens again.
  void refuse(std::size_t i) {
    provider_.circuit.started();
    provider_.circuit.stopped(now_, provider_.pause);
    rows_[i].prediction.fate = {
        MailState::kQueued, provider_.refusal, std::string(sentence(*provider_.refusal)), {}};
    delay(rows_[i], *provider_.refusal, std::string(sentence(*provider_.refusal)));
    due_.emplace(ahead_[i].priority, rows_[i].send_after, ahead_[i].mail.id, i);
  }

  void wait(std::size_t i, Micros again, MailFate fate) {
    Row& row = rows_[i];
    row.send_after = again;
    row.prediction.at = again;
    delay(row, *fate.cause, fate.reason);
    row.prediction.fate = std::move(fate);
    later_.emplace(again, i);
  }

  // What waits for the provider at the end, or left when it let mail go on, was delayed by it.
  std::vector<Prediction> finished() {
    std::vector<Prediction> predictions;
    predictions.reserve(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      Prediction& one = rows_[i].prediction;
      const bool waited = account_.sends() && account_.closed_by && !held(account_);
      const Micros due = std::max(ahead_[i].due, began_);
      const bool open_at_end = one.fate.state == MailState::kQueued && is_due(i);
      if (waited && !one.delayed_by && (one.at > due || open_at_end))
        delay(rows_[i], *account_.closed_by, std::string(sentence(*account_.closed_by)));
      predictions.push_back(std::move(one));
    }
    return predictions;
  }

  bool is_due(std::size_t i) const {
    return due_.contains({ahead_[i].priority, rows_[i].send_after, ahead_[i].mail.id, i});
  }

  const AccountState& account_;
  const std::vector<MailAhead>& ahead_;
  RecipientLimit limit_;
  ProviderState provider_;
  Micros now_;
  const Micros began_ = now_;
  std::vector<Row> rows_;
  std::map<std::tuple<std::string, std::string, Micros>, std::vector<std::size_t>> reminders_;
  std::set<std::pair<Micros, std::size_t>> later_;
  std::set<Turn> due_;
};

}  // namespace

std::vector<Prediction> predict(const AccountState& account, const std::vector<MailAhead>& ahead,
                                RecipientLimit limit, ProviderState provider, Micros now, Micros until) {
  return Simulation(account, ahead, std::move(limit), provider, now).run(until);
}

}  // namespace calcom
