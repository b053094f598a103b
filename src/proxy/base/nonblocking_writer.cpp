// O_NONBLOCK is not set, because it would affect every program that shares the descriptor. Instead poll() says
// whether the pipe has room, and at most PIPE_BUF bytes are written at a time.
#include "proxy/base/nonblocking_writer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace calcom::proxy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kQueueLimit = 256 * 1024;

}  // namespace

void NonblockingWriter::put(std::string_view line) {
  flush();
  if (lost_ > 0 || queued_.size() + line.size() > kQueueLimit) {
    ++lost_;
  } else {
    queued_ += line;
  }
  flush();
}

bool NonblockingWriter::flush() {
  finish(std::chrono::milliseconds(0));
  return queued_.empty();
}

void NonblockingWriter::finish(std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  for (bool goes = true; goes;) {
    if (queued_.empty()) reported_ = std::exchange(lost_, 0);
    if (queued_.empty() && reported_ > 0) queued_ = loss_(reported_);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    goes = !queued_.empty() && takes_more(std::max(left, std::chrono::milliseconds(0))) && write_piece();
  }
}

// An error of the descriptor is reported by the write that follows.
bool NonblockingWriter::takes_more(std::chrono::milliseconds patience) const {
  pollfd asked{descriptor_, POLLOUT, 0};
  return poll(&asked, 1, static_cast<int>(patience.count())) > 0;
}

// If the reader is gone or the disk is full, the queue is dropped; later lines try again.
bool NonblockingWriter::write_piece() {
  const ssize_t written = write(descriptor_, queued_.data(), std::min<std::size_t>(queued_.size(), PIPE_BUF));
  if (written >= 0) {
    queued_.erase(0, static_cast<std::size_t>(written));
    return true;
  }
  if (errno == EINTR || errno == EAGAIN) return errno == EINTR;
  const auto lines = static_cast<std::size_t>(std::count(queued_.begin(), queued_.end(), '\n'));
  lost_ += reported_ > 0 ? reported_ + lines - 1 : lines;
  queued_.clear();
  return false;
}

}  // namespace calcom::proxy
