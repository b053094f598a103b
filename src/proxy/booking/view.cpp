// The policy allows only what Cal.com's unmodified embed needs. The embed writes <style> elements and style
// attributes, so inline style is allowed. Fonts, pictures and connections of other origins are not, so style
// cannot send data anywhere.
#include "proxy/booking/view.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/escape.hpp"
#include "core/base/json_compose.hpp"
#include "proxy/page/assets.hpp"
#include "proxy/page/html.hpp"

namespace calcom::proxy {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kHosted = "https://app.cal.com";
constexpr char kSeparator = '\x1f';

bool is_one_of(std::string_view text, std::string_view characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

constexpr std::string_view kAlphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool is_origin(std::string_view text) {
  const std::string allowed = std::string(kAlphanumeric) + ".:-";
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) return is_one_of(text.substr(scheme.size()), allowed);
  }
  return false;
}

bool is_path(std::string_view text) {
  return is_one_of(text, std::string(kAlphanumeric) + "_~+.-/");
}

std::string_view origin_of(std::string_view address) {
  const auto slash = address.find('/', address.find("://") + 3);
  return address.substr(0, slash);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = text.find(kSeparator);
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

std::string policy(const BookingView& view, std::string_view frame_ancestors) {
  // Hosted Cal.com can redirect a frame from one of its names to the other.
  const std::string frames = view.origin == kHosted ? view.origin + " https://cal.com" : view.origin;
  return "default-src 'none'; script-src 'self' " + std::string(origin_of(view.script)) + "; frame-src " +
         frames +
         "; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; form-action 'none'; "
         "base-uri 'none'; frame-ancestors " +
         std::string(frame_ancestors);
}

// Only Cal.com's frame may use payment and the clipboard; all other features are off.
std::string permissions(std::string_view origin) {
  const std::string frame = "(\"" + std::string(origin) + "\")";
  return "camera=(), microphone=(), geolocation=(), usb=(), serial=(), bluetooth=(), display-capture=(), "
         "browsing-topics=(), payment=" +
         frame + ", clipboard-write=" + frame;
}

std::vector<std::pair<std::string_view, std::string>> headers(std::string content_policy,
                                                              std::string permissions_policy) {
  return {{"Content-Security-Policy", std::move(content_policy)},
          {"Permissions-Policy", std::move(permissions_policy)},
          {"Referrer-Policy", "strict-origin-when-cross-origin"},
          {"Cross-Origin-Opener-Policy", "same-origin-allow-popups"},
          {"Cross-Origin-Resource-Policy", "same-origin"}};
}

std::string list(const std::vector<std::string>& benefits) {
  std::string items;
  for (const std::string& benefit : benefits) items += "<li>" + html_escape(benefit) + "</li>";
  return items;
}

// As {{word.NAME}} in the template. {host} is the host of the calendar.
void add_words(std::vector<Placeholder>& values, const Words& words, std::string_view host) {
  constexpr std::string_view kHost = "{host}";
  for (const auto& [name, text] : words) {
    std::string& word = values.emplace_back(Placeholder{"word." + name, text}).value;
    if (const auto at = word.find(kHost); at != std::string::npos) word.replace(at, kHost.size(), host);
  }
}

std::string json_of(const Words& words) {
  JsonObject object;
  for (const auto& [name, text] : words) object.set(name, text);
  return object.dump();
}

// Languages that are written from right to left.
std::string_view direction_of(std::string_view locale) {
  constexpr std::array<std::string_view, 11> kFromRight{"ar", "arc", "ckb", "dv", "fa", "he",
                                                        "ps", "sd",  "ug",  "ur", "yi"};
  const std::string_view language = locale.substr(0, locale.find('-'));
  return std::find(kFromRight.begin(), kFromRight.end(), language) == kFromRight.end() ? "ltr" : "rtl";
}

std::string_view page_template(std::string_view name) {
  const Asset* page = find_asset(name);
  return page == nullptr ? std::string_view() : page->bytes;
}

}  // namespace

bool is_visitors_uid(std::string_view uid) {
  constexpr std::size_t kLongest = 128;
  return uid.size() <= kLongest && is_one_of(uid, std::string(kAlphanumeric) + "_-");
}

std::optional<BookingView> booking_view(std::string_view account, const std::vector<std::string>& row) {
  constexpr std::size_t kColumns = 11;
  if (row.size() != kColumns) return std::nullopt;
  const PageWords& page = words_for(row[7]);
  Words words = read_words(row[10]);
  const bool is_translated = has_words(row[7]) || !words.empty();
  words.insert(page.words.begin(), page.words.end());  // keeps the account's own
  BookingView view{std::string(account),
                   row[0],
                   row[1],
                   row[2],
                   row[3],
                   row[4].empty() ? page.title : row[4],
                   row[5].empty() ? page.intro : row[5],
                   row[6],
                   row[7],
                   row[8] == "t" ? split(row[9]) : page.benefits,
                   is_translated ? row[7] : page.locale,
                   std::move(words)};
  const bool sound = is_origin(view.origin) && is_origin(origin_of(view.script)) && is_path(view.path) &&
                     is_origin(origin_of(view.cal_link));
  return sound ? std::optional(std::move(view)) : std::nullopt;
}

Reply booking_reply(const BookingView& view, std::string_view frame_ancestors) {
  Reply reply;
  reply.status = 200;
  reply.content_type = kHtml;
  reply.headers = headers(policy(view, frame_ancestors), permissions(view.origin));
  reply.headers.emplace_back("Vary", "Accept-Language");
  const std::string_view host = origin_of(view.cal_link).substr(view.cal_link.find("://") + 3);
  std::vector<Placeholder> values{{"theme", view.theme},
                                  {"locale", view.locale},
                                  {"direction", std::string(direction_of(view.locale))},
                                  {"words_locale", view.words_locale},
                                  {"words_direction", std::string(direction_of(view.words_locale))},
                                  {"title", view.title},
                                  {"intro", view.intro},
                                  {"benefits", list(view.benefits)},
                                  {"link", view.cal_link},
                                  {"origin", view.origin},
                                  {"script", view.script},
                                  {"path", view.path},
                                  {"words", json_of(view.words)},
                                  {"seen", "/book/" + view.account + "/seen/"}};
  add_words(values, view.words, host);
  reply.body = fill_template(page_template("book.html"), values);
  return reply;
}

Reply booking_notice(BookingNotice notice, std::string_view accepted) {
  const NoticeWords words = notice_words(notice, accepted);
  Reply reply;
  reply.status = words.status;
  reply.retry_after = words.retry_after;
  reply.content_type = kHtml;
  reply.headers = headers(
      "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
      "camera=(), microphone=(), geolocation=()");
  reply.headers.emplace_back("Vary", "Accept-Language");
  reply.body = fill_template(page_template("book-notice.html"), {{"locale", std::string(words.locale)},
                                                                 {"title", std::string(words.title)},
                                                                 {"text", std::string(words.text)}});
  return reply;
}

}  // namespace calcom::proxy
