// One worker's work: claim, send, record, as one state machine that never blocks but in wait(). No
// transaction is open while requests are in flight, and slots are filled again one by one as answers come.
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

  WorkerEnd run();  // until there is nothing to stay for, or somebody wants us to go
  Micros next_due() const { return next_due_; }

 private:
  void look();  // first transaction
  bool still_ours();
  bool merge(pg::Failure* failure);  // deferred deliveries, when their time has come
  void remind();                     // reminders, when the next one is due or news came
  bool due(Micros now);
  Micros leave_at(Micros now);
  void follow_clock(Micros now);
  bool idle() const { return in_flight_.empty() && finished_.empty(); }
  void settle();  // second transaction
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
  Micros look_at_ = 1;         // the clock's reason to look into the outbox; 0: none
  bool wants_answer_ = false;  // an answer is a reason to look, too
  bool answered_ = false;      // one has come since the last look
  Micros next_due_ = 0;
  Micros pause_until_ = 0;  // after a failed round
  int failures_ = 0;        // rounds in a row
  int yields_ = 0;          // rounds in a row that gave way to somebody's lock
  bool asked_ = false;      // a commit woke us: more may follow soon, so it is worth lingering
  Micros idle_since_ = 0;
  Micros deferred_at_ = 0;  // when deferred deliveries are tried again
  Micros deferred_pause_ = 0;
  Micros remind_at_ = 0;    // when reminders are looked for again
  Micros reminded_at_ = 0;  // when they were
  Micros clock_ = 0;        // when it was last looked at
  Retention retention_;
  std::optional<WorkerEnd> end_;  // set: leave
};

}  // namespace calcom::worker
