// GET /book[/ACCOUNT][?lang=LANGUAGE], and GET /book/ACCOUNT/seen/UID for its script. The pages are public, so
// their cost is bounded: pages are cached for some seconds, the syntax of a uid is checked before it is looked
// up, and queries are rate-limited, for each visitor and for all visitors together.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "proxy/base/log.hpp"
#include "proxy/base/request_rate.hpp"
#include "proxy/booking/view.hpp"
#include "proxy/database/query_pool.hpp"
#include "proxy/http/page_handler.hpp"

namespace calcom::proxy {

class BookingPage final : public PageHandler {
 public:
  using Clock = std::function<RequestRate::Time()>;

  BookingPage(
      Queries& queries, std::string frame_ancestors, const Log& log,
      Clock clock = [] { return std::chrono::steady_clock::now(); });

  void serve(const PageRequest& request, Done done) override;
  std::size_t remembered() const { return pages_.size(); }  // accounts, real or made up

 private:
  struct Visit {
    std::string accepted;  // languages
    Done done;
  };
  // The last result for an account, of any age: shown while the database is not available.
  struct Known {
    std::vector<std::string> languages;                  // the account's own first
    std::vector<Reply> pages;                            // one in each
    BookingNotice notice = BookingNotice::kUnavailable;  // where there are none
    RequestRate::Time heard{};
    bool asking = false;
    std::vector<Visit> waiting;

    bool is_heard() const { return !pages.empty() || notice != BookingNotice::kUnavailable; }
  };

  void serve_page(const std::string& account, const std::string& peer, Visit visit);
  void serve_seen(const std::string& account, const std::string& uid, const std::string& peer, Done done);
  void ask_page(const std::string& account);
  void on_page(const std::string& account, const QueryResult& result);
  void learn(Known& known, const std::string& account, const QueryResult& result);
  static Reply reply_of(const Known& known, std::string_view accepted);
  bool may_ask(const std::string& peer, RequestRate::Time now);
  bool peer_may_ask(const std::string& peer, RequestRate::Time now);
  void forget_some(RequestRate::Time now);

  Queries& queries_;
  std::string frame_ancestors_;
  const Log& log_;
  Clock clock_;
  RequestRate all_;
  std::unordered_map<std::string, RequestRate> peers_;
  std::map<std::string, Known, std::less<>> pages_;
  std::unordered_set<std::string> seen_;  // "account/uid": once seen, always seen
};

}  // namespace calcom::proxy
