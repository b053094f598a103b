// The descriptor stays as it was given to us: O_NONBLOCK would hold for every program that shares it. Asked
// first whether it takes more, it takes as much as a pipe has room for at once.
#include "proxy/base/outlet.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace calcom::proxy {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostHeld = 256 * 1024;

}  // namespace

void Outlet::put(std::string_view line) {
  flush();
  if (lost_ > 0 || held_.size() + line.size() > kMostHeld) {
    ++lost_;
  } else {
    held_ += line;
  }
  flush();
}

bool Outlet::flush() {
  finish(std::chrono::milliseconds(0));
  return held_.empty();
}

void Outlet::finish(std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  for (bool goes = true; goes;) {
    if (held_.empty()) told_ = std::exchange(lost_, 0);
    if (held_.empty() && told_ > 0) held_ = loss_(told_);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    goes = !held_.empty() && takes_more(std::max(left, std::chrono::milliseconds(0))) && write_piece();
  }
}

// An error is for the write to find.
bool Outlet::takes_more(std::chrono::milliseconds patience) const {
  pollfd asked{descriptor_, POLLOUT, 0};
  return poll(&asked, 1, static_cast<int>(patience.count())) > 0;
}

// A reader that has gone, a disk that is full: it is lost, and whatever comes next tries again.
bool Outlet::write_piece() {
  const ssize_t written = write(descriptor_, held_.data(), std::min<std::size_t>(held_.size(), PIPE_BUF));
  if (written >= 0) {
    held_.erase(0, static_cast<std::size_t>(written));
    return true;
  }
  if (errno == EINTR || errno == EAGAIN) return errno == EINTR;
  const auto lines = static_cast<std::size_t>(std::count(held_.begin(), held_.end(), '\n'));
  lost_ += told_ > 0 ? told_ + lines - 1 : lines;
  held_.clear();
  return false;
}

}  // namespace calcom::proxy
