// The booking page as HTML and headers, computed from a row of calcom_page().
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/booking/words.hpp"
#include "proxy/http/reply.hpp"

namespace calcom::proxy {

struct BookingView {
  std::string account;
  std::string cal_link;              // for people, without script
  std::string origin, script, path;  // for Cal.com's embed
  std::string title, intro, theme, locale;
  std::vector<std::string> benefits;
  std::string words_locale;
  Words words;  // of the page itself
};

// A row of calcom_page(), completed by the built-in words. Checked again, because it enters a policy and a
// page; nullopt if it has no link that can be embedded.
inline constexpr std::string_view kPageColumns =
    "cal_link, origin, script, path, title, intro, theme, locale, benefits is not null, "
    "array_to_string(benefits, E'\\x1f'), words";
std::optional<BookingView> booking_view(std::string_view account, const std::vector<std::string>& row);

// frame_ancestors: sources of the directive, 'none' by default.
Reply booking_reply(const BookingView& view, std::string_view frame_ancestors);

// A page that says why nothing can be booked, in the language that the visitor prefers.
Reply booking_notice(BookingNotice notice, std::string_view accepted);

// 1-128 of [A-Za-z0-9_-]; Cal.com's have 22.
bool is_visitors_uid(std::string_view uid);

}  // namespace calcom::proxy
