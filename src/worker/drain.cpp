#include "worker/drain.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "ingest/ingest.hpp"
#include "outbox/reminders.hpp"
#include "pg/log.hpp"
#include "pg/settings.hpp"
#include "store/transaction.hpp"

extern "C" {
#include "common/pg_prng.h"
#include "postmaster/interrupt.h"
#include "utils/wait_event.h"
}

namespace calcom::worker {

using namespace ingest;

namespace {

constexpr int kDeferredPerRound = 20;
constexpr int kHopeless = 8;  // failed rounds in a row: the worker ends, a new process may succeed
constexpr Micros kLongestPause = kMinute;
constexpr Micros kGiveWay = 20'000;
constexpr Micros kLongestYield = 5 * kSecond;
constexpr int kLongYields = 10;  // in a row: about 15 seconds
constexpr Micros kLongestDeferral = 5 * kMinute;
constexpr Micros kRemindEvery = kSecond;  // under load: each pass costs one probe for each rule
constexpr char kAddressRefused[] = "calcom.resend_url was refused";
constexpr Micros kNever = std::numeric_limits<Micros>::max();

std::uint64_t dice() {
  return pg_prng_uint64(&pg_global_prng_state);
}

void handle_interrupts() {
  pg::call([] {
    CHECK_FOR_INTERRUPTS();
    if (!ConfigReloadPending) return;
    ConfigReloadPending = false;
    ProcessConfigFile(PGC_SIGHUP);
  });
}

std::string endpoint() {
  std::string url = pg::settings().resend_url;
  while (url.ends_with('/')) url.pop_back();
  return url + "/emails";
}

}  // namespace

Drain::Drain(pg::Schema schema, Lease lease, WorkerEntry slot)
    : schema_(std::move(schema)), lease_(std::move(lease)), slot_(slot), retention_(lease_) {}

Drain::~Drain() {
  if (events_ != nullptr) FreeWaitEventSet(events_);
}

bool Drain::stopping() const {
  return ShutdownRequestPending || slot_.asked_to_leave();
}

// Ends the round. Some errors also end the worker.
void Drain::failed(const char* what, const pg::Failure& failure) {
  if (failure.sqlstate == ERRCODE_READ_ONLY_SQL_TRANSACTION) {
    end_ = WorkerEnd::kLater;
    return;
  }
  if (gave_way(failure) &&
      ++yields_ != kLongYields) {  // another session holds the table or the row: logged if it lasts
    look_at_ = pause_until_ = pg::now() + std::min(kGiveWay << std::min(yields_, 10), kLongestYield);
    return;
  }
  log_failure(what, failure);
  slot_.error(what, failure.sqlstate);
  if (++failures_ >= kHopeless) {
    end_ = WorkerEnd::kFailed;
    return;
  }
  pause_until_ = pg::now() + std::min(kSecond << failures_, kLongestPause);
  look_at_ = pause_until_;
}

// Returns false if the worker must end: kLater if the server became read-only, kWell if the extension was
// dropped.
bool Drain::still_ours() {
  std::optional<pg::Schema> schema;
  const Admission admission = admit(&schema);
  if (admission == Admission::kReady && schema->oid == schema_.oid) return true;
  end_ = admission == Admission::kNotOurTurn ? WorkerEnd::kLater : WorkerEnd::kWell;
  return false;
}

// Merges deferred events. While none can be merged (a lock, a user's trigger), the pause doubles.
bool Drain::merge(pg::Failure* failure) {
  if (pg::now() < deferred_at_) return true;
  return transaction(failure, As::kOwner, [&] {
    if (!still_ours()) return;
    pg::Spi spi(schema_);
    const ingest::DeferredRound round = ingest::merge_deferred(spi, kDeferredPerRound);
    const bool stuck = round.left > 0 && round.merged == 0;
    deferred_pause_ = stuck ? std::clamp(2 * deferred_pause_, kSecond, kLongestDeferral) : 0;
    deferred_at_ = round.left > 0 ? pg::now() + deferred_pause_ : kNever;
  });
}

// INVARIANT: a failure to queue reminders does not delay other mail.
void Drain::remind() {
  const Micros now = pg::now();
  if (now < remind_at_) return;
  pg::Failure failure;
  outbox::ReminderRound round;
  const bool committed = transaction(&failure, As::kOwner, [&] {
    if (!still_ours()) return;
    pg::Spi spi(schema_);
    round = outbox::queue_reminders(spi, now);
  });
  if (end_) return;
  reminded_at_ = now;
  remind_at_ = round.more ? now : round.next_due.value_or(kNever);
  if (committed) return;
  if (failure.sqlstate == ERRCODE_READ_ONLY_SQL_TRANSACTION)
    return failed("could not queue reminders", failure);
  if (gave_way(failure)) {
    remind_at_ = now + kSecond;
    return;
  }
  log_failure("could not queue reminders", failure);
  slot_.error("could not queue reminders", failure.sqlstate);
  remind_at_ = now + kLongestPause;
}

void Drain::look() {
  pg::Failure failure;
  Round round;
  round.apart = failures_ > 0;
  const int slots = pg::settings().send_concurrency - static_cast<int>(in_flight_.size());
  bool committed = merge(&failure);
  if (committed && !end_) remind();
  if (end_) return;
  committed = committed && transaction(&failure, As::kOwner, [&] {
                if (!still_ours()) return;
                pg::Spi spi(schema_);
                claim(spi, lease_, senders_, std::max(slots, 0), round);
              });
  if (end_) return;
  if (!committed) {
    senders_.unsure();
    for (const Outgoing& outgoing : round.outgoing) senders_.of(outgoing.account).circuit.not_asked();
    return failed("could not claim mail", failure);
  }
  failures_ = yields_ = 0;
  slot_.count(0, round.captured, round.failed);
  look_at_ = round.look_at;
  for (const Micros at : {deferred_at_, remind_at_})
    if (at != kNever && (look_at_ == 0 || at < look_at_)) look_at_ = at;
  wants_answer_ = round.wants_answer;
  answered_ = false;
  for (Outgoing& outgoing : round.outgoing) send(std::move(outgoing));
}

void Drain::settle() {
  if (finished_.empty()) return;
  pg::Failure failure;
  const bool committed = transaction(&failure, As::kOwner, [&] {
    pg::Spi spi(schema_);
    record(spi, lease_, finished_);
    senders_.store(spi);
  });
  if (!committed) {
    senders_.unsure();
    return failed("could not record what was sent", failure);
  }
  std::int64_t sent = 0, lost = 0;
  for (const Finished& row : finished_) {
    sent += row.state == MailState::kSent;
    lost += row.state == MailState::kFailed || row.state == MailState::kUncertain;
    if (row.again && (look_at_ == 0 || *row.again < look_at_)) look_at_ = *row.again;
    if (row.not_counted) wants_answer_ = true;
  }
  slot_.count(sent, 0, lost);
  finished_.clear();
}

void Drain::open_transport() {
  if (transport_) return;
  net::Limits limits;
  limits.total_timeout_ms = pg::settings().http_timeout;
  limits.max_transfers = 64;  // the upper end of calcom.send_concurrency, which may be raised later
  transport_ = std::make_unique<net::Transport>(limits, "calcom/" CALCOM_VERSION);
  if (events_ != nullptr) FreeWaitEventSet(events_);
  events_ = nullptr;  // created again, with the transport's descriptor
}

void Drain::send(Outgoing outgoing) {
  open_transport();
  net::Request request;
  request.tag = next_tag_++;
  request.url = endpoint();
  request.headers = {{"Authorization", "Bearer " + outgoing.key},
                     {"Idempotency-Key", outgoing.idempotency_key},
                     {"Content-Type", "application/json"}};
  request.body = std::move(outgoing.request);
  const std::uint64_t tag = request.tag;
  if (transport_->start(std::move(request))) {
    in_flight_.emplace(tag, std::move(outgoing));
    return;
  }
  // calcom.resend_url is not allowed: the attempt is not counted, and all mail waits.
  senders_.of(outgoing.account).stop(pg::now(), {}, MailCause::kWrongUrl, kAddressRefused);
  answered_ = true;
  Finished refused;
  refused.account = outgoing.account;
  refused.id = outgoing.id;
  refused.attempt = outgoing.attempt;
  refused.cause = MailCause::kWrongUrl;
  refused.reason = kAddressRefused;
  refused.not_counted = true;
  refused.in_doubt = outgoing.in_doubt;
  refused.never_reached_provider = !outgoing.in_doubt;
  finished_.push_back(std::move(refused));
}

void Drain::collect() {
  if (!transport_) return;
  const Micros now = pg::now();
  for (const net::Result& result : transport_->step()) {
    const auto found = in_flight_.find(result.tag);
    if (found == in_flight_.end()) continue;
    const Outgoing& sent = found->second;
    SendState& sender = senders_.of(sent.account);
    finished_.push_back(judge_answer(sent, result.answer, sender, now, dice()));
    slot_.rate(sender.rate.look(now));
    in_flight_.erase(found);
    answered_ = true;
  }
}

void Drain::wait(Micros until) {
  long timeout = -1;
  if (until != 0)
    timeout = static_cast<long>(std::clamp<Micros>((until - pg::now() + 999) / 1000, 0, kHour / 1000));
  int descriptor = -1;
  if (transport_ && !in_flight_.empty()) {
    const long curl = transport_->timeout_ms();
    if (curl >= 0) timeout = timeout < 0 ? curl : std::min(timeout, curl);
  }
  if (transport_) descriptor = transport_->descriptor();
  WaitEventSet** events = &events_;
  pg::call([=] {
    if (*events == nullptr) {
      *events = CreateWaitEventSet(CALCOM_WAIT_SET_OWNER, 3);
      AddWaitEventToSet(*events, WL_LATCH_SET, PGINVALID_SOCKET, MyLatch, nullptr);
      AddWaitEventToSet(*events, WL_EXIT_ON_PM_DEATH, PGINVALID_SOCKET, nullptr, nullptr);
      if (descriptor >= 0) AddWaitEventToSet(*events, WL_SOCKET_READABLE, descriptor, nullptr, nullptr);
    }
    WaitEvent event;
    WaitEventSetWait(*events, timeout, &event, 1, PG_WAIT_EXTENSION);
    ResetLatch(MyLatch);
  });
}

// A stopping worker waits for answers for at most calcom.shutdown_grace. Rows without an answer stay in
// state sending, and the next worker sends them again with the same key.
void Drain::finish_in_flight() {
  const Micros until = pg::now() + Micros{pg::settings().shutdown_grace} * 1000;
  while (!in_flight_.empty() && pg::now() < until) {
    wait(until);
    handle_interrupts();
    collect();
  }
  settle();
  if (!in_flight_.empty()) {
    transport_->abort_all();
    next_due_ = pg::now();
  }
}

// Returns true if the outbox may contain mail that can start now.
bool Drain::due(Micros now) {
  if (slot_.take_changed()) senders_.changed();
  if (slot_.take_wanted()) {
    asked_ = true;
    deferred_at_ = 0;
    remind_at_ = std::min(remind_at_, reminded_at_ + kRemindEvery);
    return true;
  }
  return (wants_answer_ && answered_) || (look_at_ != 0 && look_at_ <= now);
}

// When an idle worker ends. A worker that was started by the clock ends at once if it finds no work, unless
// mail is due soon.
Micros Drain::leave_at(Micros now) {
  if (idle_since_ == 0) idle_since_ = now;
  if (pg_atomic_read_u32(&shared()->crowded) != 0) return now;
  const Micros linger = pg::settings().worker_linger * kSecond;
  const bool due_soon = look_at_ != 0 && look_at_ < now + linger;
  if (due_soon) return look_at_ + linger;
  return asked_ ? idle_since_ + linger : now;
}

// If the clock was set back, looks at everything again, so that nothing waits for the earlier clock's times.
void Drain::follow_clock(Micros now) {
  const Micros back = std::exchange(clock_, now) - now;
  if (back <= kClockSetBack) return;
  senders_.clock_set_back(back);
  look_at_ = now;
  pause_until_ = deferred_at_ = remind_at_ = reminded_at_ = idle_since_ = 0;
}

WorkerEnd Drain::run() {
  while (!end_ && !stopping()) {
    handle_interrupts();
    collect();
    const Micros now = pg::now();
    follow_clock(now);
    const bool pausing = now < pause_until_;
    if (!pausing) settle();
    if (end_) break;
    if (!pausing && finished_.empty() && due(now)) {
      idle_since_ = 0;
      look();
      continue;
    }
    if (!pausing && idle() && retention_.due(now)) {
      retention_.erase(schema_, lease_, slot_, [this] { return still_ours(); });
      continue;
    }
    Micros until = pausing ? pause_until_ : look_at_;
    if (idle() && !pausing) {
      const Micros leaving = leave_at(now);
      if (leaving <= now) break;
      until = until == 0 ? leaving : std::min(until, leaving);
    }
    wait(until);
  }
  next_due_ = end_ == WorkerEnd::kWell ? 0 : look_at_;
  if (!end_) finish_in_flight();
  return end_.value_or(WorkerEnd::kWell);
}

}  // namespace calcom::worker
