// libcurl's multi interface behind the small contract of transport.hpp. Sockets are watched by an epoll set
// of our own, so that the worker waits on one descriptor beside its latch; step() never waits for anything.
#include "net/transport.hpp"

#include <curl/curl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <new>
#include <optional>
#include <system_error>

#include "net/signal_block.hpp"
#include "net/transfer.hpp"

namespace calcom::net {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kEventsAtOnce = 64;
constexpr int kRoundsPerStep = 4;  // bounds a step when answers come in faster than they are read

// Once a process and not before the first Transport: what the postmaster initialized, its children would
// inherit.
void initialize_curl() {
  static const bool ready = [] {
    const SignalBlock block;
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  if (!ready) throw std::bad_alloc();
}

class Epoll {
 public:
  Epoll() : descriptor_(epoll_create1(EPOLL_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
  ~Epoll() { close(descriptor_); }
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;

  int descriptor() const { return descriptor_; }

  bool watch(int socket, int what) {
    if (what == CURL_POLL_REMOVE) {
      epoll_ctl(descriptor_, EPOLL_CTL_DEL, socket, nullptr);  // closed already: gone from the set as well
      return true;
    }
    epoll_event event{};
    event.data.fd = socket;
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    if (epoll_ctl(descriptor_, EPOLL_CTL_MOD, socket, &event) == 0) return true;
    return errno == ENOENT && epoll_ctl(descriptor_, EPOLL_CTL_ADD, socket, &event) == 0;
  }

 private:
  int descriptor_;
};

using Multi = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;

Multi make_multi() {
  initialize_curl();
  Multi multi(curl_multi_init(), &curl_multi_cleanup);
  if (!multi) throw std::bad_alloc();
  return multi;
}

}  // namespace

struct Transport::Impl {
  Impl(Limits given, std::string agent) : limits(given), user_agent(std::move(agent)), multi(make_multi()) {
    CURLM* const handle = multi.get();
    curl_multi_setopt(handle, CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
    curl_multi_setopt(handle, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(handle, CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
    curl_multi_setopt(handle, CURLMOPT_TIMERDATA, this);
    const auto most = static_cast<long>(limits.max_transfers);
    curl_multi_setopt(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
    curl_multi_setopt(handle, CURLMOPT_MAXCONNECTS, most);
    busy.reserve(limits.max_transfers);
    idle.reserve(limits.max_transfers);
  }

  Transfer& idle_transfer() {
    if (idle.empty()) idle.push_back(std::make_unique<Transfer>());
    return *idle.back();
  }

  // Takes a transfer out of libcurl's hands, finished or not; both vectors have room for all.
  Transfer& retire(CURL* handle) {
    curl_multi_remove_handle(multi.get(), handle);
    const auto found = std::find_if(busy.begin(), busy.end(),
                                    [&](const auto& transfer) { return transfer->handle() == handle; });
    idle.push_back(std::move(*found));
    busy.erase(found);
    return *idle.back();
  }

  // Reports what is ready to libcurl; false when nothing was.
  bool turn() {
    int running = 0;
    bool moved = false;
    if (deadline && *deadline <= Clock::now()) {
      deadline.reset();  // libcurl sets the next one itself
      curl_multi_socket_action(multi.get(), CURL_SOCKET_TIMEOUT, 0, &running);
      moved = true;
    }
    std::array<epoll_event, kEventsAtOnce> events;
    const int ready = epoll_wait(epoll.descriptor(), events.data(), kEventsAtOnce, 0);
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      int mask = 0;
      if ((event.events & EPOLLIN) != 0) mask |= CURL_CSELECT_IN;
      if ((event.events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
      if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_ERR;
      curl_multi_socket_action(multi.get(), event.data.fd, mask, &running);
      moved = true;
    }
    return moved;
  }

  void collect(std::vector<Result>& results) {
    results.reserve(busy.size());
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const handle = message->easy_handle;
      const CURLcode code = message->data.result;  // `message` dies with the handle's removal
      results.push_back(retire(handle).finish(code));
    }
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
    return static_cast<Impl*>(self)->epoll.watch(socket, what) ? 0 : -1;
  }

  static int on_timer(CURLM*, long timeout_ms, void* self) noexcept {
    auto& deadline = static_cast<Impl*>(self)->deadline;
    deadline.reset();
    if (timeout_ms >= 0) deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
    return 0;
  }

  const Limits limits;
  const std::string user_agent;
  std::optional<Clock::time_point> deadline;
  Epoll epoll;
  Multi multi;  // calls back into the two above until it is gone, so it is destroyed before them …
  std::vector<std::unique_ptr<Transfer>> busy, idle;  // … and after the easy handles
};

Transport::Transport(Limits limits, std::string user_agent)
    : impl_(std::make_unique<Impl>(limits, std::move(user_agent))) {}

Transport::~Transport() {
  abort_all();
  const SignalBlock block;
  impl_.reset();
}

std::size_t Transport::in_flight() const {
  return impl_->busy.size();
}

std::size_t Transport::free_slots() const {
  return impl_->limits.max_transfers - in_flight();
}

bool Transport::start(Request request) {
  if (free_slots() == 0) return false;
  const SignalBlock block;
  Transfer& transfer = impl_->idle_transfer();
  if (!transfer.prepare(std::move(request), impl_->limits, impl_->user_agent)) return false;
  if (curl_multi_add_handle(impl_->multi.get(), transfer.handle()) != CURLM_OK) throw std::bad_alloc();
  impl_->busy.push_back(std::move(impl_->idle.back()));
  impl_->idle.pop_back();
  return true;
}

int Transport::descriptor() const {
  return impl_->epoll.descriptor();
}

long Transport::timeout_ms() const {
  if (!impl_->deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*impl_->deadline - Clock::now());
  return std::max<long>(0, left.count());
}

std::vector<Result> Transport::step() {
  const SignalBlock block;
  std::vector<Result> results;
  for (int round = 0; round < kRoundsPerStep && impl_->turn(); ++round) {
  }
  impl_->collect(results);
  return results;
}

void Transport::abort_all() {
  const SignalBlock block;
  while (!impl_->busy.empty()) impl_->retire(impl_->busy.back()->handle()).clear();
}

}  // namespace calcom::net
