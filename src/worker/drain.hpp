// The loop of one worker: claim, send, record. It blocks only in wait(). No transaction is open while requests are in
// flight, and each answer frees a slot for the next mail.
#pragma once

#include <unordered_map>

#include "outbox/record_result.hpp"
#include "shmem/worker_entry.hpp"
#include "worker/retention.hpp"

extern "C" {
#include "storage/latch.h"
}

namespace calcom::worker {

using namespace store;

class Drain {
 public:
  Drain(pg::Schema schema, Lease lease, WorkerEntry slot);
  ~Drain();
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  WorkerEnd run();  // returns when the worker is idle or was asked to leave
  Micros next_due() const { return next_due_; }

 private:
  void look();  // first transaction: claims due mail
  bool still_ours();
  bool merge(pg::Failure* failure);  // deferred deliveries, when they are due
  void remind();                     // reminders, when the next one is due or bookings changed
  bool due(Micros now);
  Micros leave_at(Micros now);
  void follow_clock(Micros now);
  bool idle() const { return in_flight_.empty() && finished_.empty(); }
  void settle();  // second transaction: records answers
  void send(Outgoing outgoing);
  void collect();
  void failed(const char* what, const pg::Failure& failure);
  bool stopping() const;
  void wait(Micros until);
  void finish_in_flight();
  void open_transport();

  pg::Schema schema_;
  Lease lease_;
  WorkerEntry slot_;
  SendStates senders_;
  std::unique_ptr<net::Transport> transport_;  // made with the first mail that leaves: test mode needs none
  WaitEventSet* events_ = nullptr;
  std::unordered_map<std::uint64_t, Outgoing> in_flight_;
  std::vector<Finished> finished_;
  std::uint64_t next_tag_ = 1;
  Micros look_at_ = 1;         // when to look into the outbox again; 1: at once, 0: not scheduled
  bool wants_answer_ = false;  // look again after an answer
  bool answered_ = false;      // an answer arrived since the last look
  Micros next_due_ = 0;
  Micros pause_until_ = 0;  // after a failed round
  int failures_ = 0;        // failed rounds in a row
  int yields_ = 0;          // rounds in a row that ended on another session's lock
  bool asked_ = false;      // a commit woke the worker: more may follow, so it lingers
  Micros idle_since_ = 0;
  Micros deferred_at_ = 0;  // when deferred deliveries are tried again
  Micros deferred_pause_ = 0;
  Micros remind_at_ = 0;    // when reminders are queued again
  Micros reminded_at_ = 0;  // when they were queued last
  Micros clock_ = 0;        // the time of the last turn, to notice a clock that was set back
  Retention retention_;
  std::optional<WorkerEnd> end_;  // set: the worker ends, with this result
};

}  // namespace calcom::worker
