// Whether a sender may send at all. The circuit opens if the provider refuses every mail (bad key, edge block) or does not
// answer any more. Then one mail at a time is tried, after a growing pause or after the one that the provider asks for (a
// quota); these attempts are not counted.
#pragma once

#include <optional>

#include "core/base/value.hpp"

namespace calcom {

class Circuit {
 public:
  static constexpr Micros kFirstPause = 30 * kSecond;
  static constexpr Micros kLongestPause = 10 * kMinute;
  static constexpr Micros kLongestWait = kDay;  // limits what the provider says or what another clock stored
  static constexpr int kStumbles = 10;          // answers in a row that were none before the circuit opens

  // Mails that may start now: any number, one probe, or none.
  int allowed(Micros now, int wish) const;
  Micros ready_at() const { return open_ ? probe_at_ : 0; }  // while not probing
  bool probing() const { return probing_; }                  // only an answer decides
  void started() { probing_ = open_; }

  // Open and without a probe under way: answers that still come say nothing new.
  bool deaf() const { return open_ && !probing_; }
  void answered();  // the provider deals with us
  // The provider refuses us; `pause`: for so long, else for longer each time.
  void stopped(Micros now, std::optional<Micros> pause = {});
  void stumbled(Micros now);                                    // no usable answer
  void not_asked() { probing_ = false; }                        // the probe went without saying anything
  void probe_soon(Micros now);                                  // the key may be another now
  void clock_set_back(Micros by) { probe_at_ -= by; }           // what was to come stays as far ahead
  void resume_open(Micros now, Micros pause, Micros probe_at);  // as an earlier worker left it

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
