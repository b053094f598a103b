// Decides whether a sender may send. The circuit opens when the provider refuses every mail of the sender
// (bad key, blocked at the edge) or stops answering. Then one mail at a time is sent as a probe. The pause
// before a probe grows, unless the answer has its own pause (a quota). A refused probe stays queued.
#pragma once

#include <optional>

#include "core/base/value.hpp"

namespace calcom {

class Circuit {
 public:
  static constexpr Micros kFirstPause = 30 * kSecond;
  static constexpr Micros kLongestPause = 10 * kMinute;
  static constexpr Micros kLongestWait = kDay;  // also for stored pauses: the clock may have changed
  static constexpr int kStumbles = 10;          // unusable answers in a row that open the circuit

  // Mails that may start now: any number, one probe, or none.
  int allowed(Micros now, int wish) const;
  Micros ready_at() const { return open_ ? probe_at_ : 0; }  // valid while not probing
  bool probing() const { return probing_; }                  // a probe is under way
  void started() { probing_ = open_; }

  // Open, and no probe is under way: answers to earlier requests are ignored.
  bool deaf() const { return open_ && !probing_; }
  void answered();  // the provider accepts requests from this sender
  // The provider refuses the sender. Without `pause`, each pause is twice the last one, up to kLongestPause.
  void stopped(Micros now, std::optional<Micros> pause = {});
  void stumbled(Micros now);                                    // no usable answer
  void not_asked() { probing_ = false; }                        // the probe gave no result
  void probe_soon(Micros now);                                  // the key may have changed
  void clock_set_back(Micros by) { probe_at_ -= by; }           // keeps the time left until the probe
  void resume_open(Micros now, Micros pause, Micros probe_at);  // restores a stored state

  bool open() const { return open_; }
  Micros pause() const { return pause_; }

 private:
  bool open_ = false;
  bool probing_ = false;
  int stumbles_ = 0;
  Micros pause_ = 0;
  Micros probe_at_ = 0;
};

}  // namespace calcom
