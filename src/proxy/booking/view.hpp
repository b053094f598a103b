// The booking page as HTML and headers: a pure function of what the database says an account shows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/booking/notice.hpp"
#include "proxy/http/reply.hpp"

namespace calcom::proxy {

struct BookingView {
  std::string account;
  std::string cal_link;              // for people, without script
  std::string origin, script, path;  // for Cal.com's embed
  std::string title, intro, theme, locale;
  std::vector<std::string> benefits;
  std::string words_locale;
  std::string words;  // what the page itself says: a JSON object, by name
};

// What calcom_page returned, checked once more, since it enters a policy and a page; nullopt: there is
// nothing that can be embedded.
inline constexpr std::string_view kPageColumns =
    "cal_link, origin, script, path, title, intro, theme, locale, array_to_string(benefits, E'\\x1f'), "
    "words_locale, words";
std::optional<BookingView> booking_view(std::string_view account, const std::vector<std::string>& row);

// frame_ancestors: sources of the directive, 'none' by default.
Reply booking_reply(const BookingView& view, std::string_view frame_ancestors);

// A page that says why there is nothing to book, in the language that the visitor likes best.
Reply booking_notice(BookingNotice notice, std::string_view accepted);

// 1-128 of [A-Za-z0-9_-]; Cal.com's have 22.
bool is_visitors_uid(std::string_view uid);

}  // namespace calcom::proxy
