// libcurl resolves names in a thread of its own, and a thread inherits the mask of its maker: with all
// signals blocked around every call that may make one, no signal of the host program is ever delivered to it.
#pragma once

#include <pthread.h>

#include <csignal>

namespace calcom::net {

class SignalBlock {
 public:
  SignalBlock() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalBlock() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalBlock(const SignalBlock&) = delete;
  SignalBlock& operator=(const SignalBlock&) = delete;

 private:
  sigset_t before_;
};

}  // namespace calcom::net
