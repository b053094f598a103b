// Nothing about a visitor is logged, and the answer about a uid is one bit.
#include "proxy/booking/booking_page.hpp"

#include <utility>

#include "proxy/booking/language.hpp"
#include "proxy/http/form.hpp"
#include "proxy/http/route.hpp"

namespace calcom::proxy {
namespace {

constexpr std::chrono::seconds kFresh{10};
constexpr double kAllPerSecond = 100, kAllBurst = 200;
constexpr double kPeerPerSecond = 2, kPeerBurst = 30;
constexpr std::size_t kMostPeers = 4096, kMostPages = 1024, kMostSeen = 8192;
constexpr unsigned kRetryLater = 2;
constexpr std::string_view kDefaultAccount = "default";

struct Target {
  std::string account, uid;
  bool is_seen = false;
};

// "/book", "/book/ACCOUNT", "/book/ACCOUNT/seen/UID"; raw bytes: valid names contain nothing to decode.
std::optional<Target> target_of(std::string_view path) {
  constexpr std::string_view kBook = "/book";
  path.remove_prefix(kBook.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return Target{std::string(kDefaultAccount), ""};
  const auto slash = path.find('/');
  Target target{std::string(path.substr(0, slash)), ""};
  if (!is_account(target.account)) return std::nullopt;
  if (slash == std::string_view::npos) return target;
  constexpr std::string_view kSeen = "/seen/";
  path.remove_prefix(slash);
  if (!path.starts_with(kSeen)) return std::nullopt;
  target.uid = path.substr(kSeen.size());
  target.is_seen = true;
  return is_visitors_uid(target.uid) ? std::optional(target) : std::nullopt;
}

// A link may name the language: /book?lang=de.
std::string languages_of(const PageRequest& request) {
  const auto named = form_value(request.query, "lang");
  const std::string accepted = request.accept_language.value_or("");
  return named ? *named + "," + accepted : accepted;
}

Reply seen_reply(bool seen) {
  Reply reply{200, seen ? "{\"seen\":true}" : "{\"seen\":false}"};
  reply.headers = {{"Cross-Origin-Resource-Policy", "same-origin"}};
  return reply;
}

Reply later(unsigned status, std::string_view error) {
  Reply reply = error_reply(status, error);
  reply.retry_after = kRetryLater;
  return reply;
}

// Behind a server on this machine all visitors have one peer address: only the common limit applies.
bool is_loopback(std::string_view peer) {
  return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

bool is_row(const QueryResult& result) {
  return result.state == QueryResult::State::kRow;
}

}  // namespace

BookingPage::BookingPage(Queries& queries, std::string frame_ancestors, const Log& log, Clock clock)
    : queries_(queries),
      frame_ancestors_(std::move(frame_ancestors)),
      log_(log),
      clock_(std::move(clock)),
      all_(kAllPerSecond, kAllBurst, clock_()) {}

void BookingPage::serve(const PageRequest& request, Done done) {
  if (request.method == "POST") {
    Reply refusal = error_reply(405, "method not allowed");
    refusal.allow = "GET, HEAD";
    return done(refusal);
  }
  const auto target = target_of(request.path);
  if (!target) return done(booking_notice(BookingNotice::kUnknown, languages_of(request)));
  target->is_seen ? serve_seen(target->account, target->uid, request.peer, std::move(done))
                  : serve_page(target->account, request.peer, {languages_of(request), std::move(done)});
}

void BookingPage::serve_page(const std::string& account, const std::string& peer, Visit visit) {
  const auto now = clock_();
  forget_some(now);
  const auto found = pages_.find(account);
  const bool is_known = found != pages_.end() && found->second.is_heard();
  if (is_known && now - found->second.heard < kFresh) {
    return visit.done(reply_of(found->second, visit.accepted));
  }
  const bool is_asked = found != pages_.end() && found->second.asking;
  if (!is_asked && !may_ask(peer, now)) {
    return visit.done(is_known ? reply_of(found->second, visit.accepted)
                               : booking_notice(BookingNotice::kTooMany, visit.accepted));
  }
  pages_[account].waiting.push_back(std::move(visit));
  if (!is_asked) ask_page(account);
}

void BookingPage::ask_page(const std::string& account) {
  pages_[account].asking = true;
  queries_.ask({"SELECT " + std::string(kPageColumns) + " FROM @extschema@.calcom_page($1)", {account}},
               [this, account](const QueryResult& result) { on_page(account, result); });
}

void BookingPage::on_page(const std::string& account, const QueryResult& result) {
  Known& known = pages_[account];
  known.asking = false;
  if (is_row(result)) {
    learn(known, account, result);
    known.heard = clock_();
  }
  const std::vector<Visit> visits = std::exchange(known.waiting, {});
  std::vector<Reply> replies;  // all before the first is sent: its recipient may ask again
  for (const Visit& visit : visits) replies.push_back(reply_of(known, visit.accepted));
  for (std::size_t i = 0; i < visits.size(); ++i) visits[i].done(std::move(replies[i]));
}

void BookingPage::learn(Known& known, const std::string& account, const QueryResult& result) {
  known.languages.clear();
  known.pages.clear();
  known.notice = result.rows.empty() ? BookingNotice::kUnknown : BookingNotice::kNotSetUp;
  for (const auto& row : result.rows) {
    const auto view = booking_view(account, row);
    if (!view) continue;
    known.languages.push_back(view->locale);
    known.pages.push_back(booking_reply(*view, frame_ancestors_));
  }
  if (result.rows.empty() || !known.pages.empty()) return;
  log_.message("booking page: account " + account +
               " has no cal_link that can be embedded: SELECT calcom_account_set('" + account +
               "', cal_link => 'https://cal.com/NAME/EVENT')");
}

Reply BookingPage::reply_of(const Known& known, std::string_view accepted) {
  if (known.pages.empty()) return booking_notice(known.notice, accepted);
  const std::size_t place = preferred_language(accepted, known.languages);
  return known.pages[place < known.pages.size() ? place : 0];
}

void BookingPage::serve_seen(const std::string& account, const std::string& uid, const std::string& peer,
                             Done done) {
  const auto now = clock_();
  const std::string key = account + '/' + uid;
  if (seen_.contains(key)) return done(seen_reply(true));
  if (!may_ask(peer, now)) return done(later(429, "too many questions"));
  queries_.ask({"SELECT @extschema@.calcom_seen($1, $2)", {account, uid}},
               [this, key, done = std::move(done)](const QueryResult& result) {
                 if (!is_row(result) || result.rows.empty()) {
                   return done(later(503, "database is not available, try again"));
                 }
                 const bool seen = result.rows.front().front() == "t";
                 if (seen_.size() >= kMostSeen) seen_.clear();
                 if (seen) seen_.insert(key);
                 done(seen_reply(seen));
               });
}

bool BookingPage::may_ask(const std::string& peer, RequestRate::Time now) {
  return peer_may_ask(peer, now) && all_.take(now);
}

bool BookingPage::peer_may_ask(const std::string& peer, RequestRate::Time now) {
  if (is_loopback(peer)) return true;
  if (peers_.size() >= kMostPeers) {
    std::erase_if(peers_, [now](auto& entry) { return entry.second.is_full(now); });
    if (peers_.size() >= kMostPeers) return false;
  }
  return peers_.try_emplace(peer, kPeerPerSecond, kPeerBurst, now).first->second.take(now);
}

// Made-up account names must not fill the memory. Pending queries stay, and so do pages of existing accounts,
// unless these alone are too many.
void BookingPage::forget_some(RequestRate::Time now) {
  if (pages_.size() < kMostPages) return;
  std::erase_if(pages_, [](const auto& entry) { return !entry.second.asking && entry.second.pages.empty(); });
  if (pages_.size() < kMostPages) return;
  std::erase_if(pages_, [now](const auto& entry) {
    return !entry.second.asking && now - entry.second.heard >= kFresh;
  });
}

}  // namespace calcom::proxy
