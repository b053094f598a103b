// Where a meeting takes place, in words people know. Cal.com hands out internal names ("integrations:daily",
// "inPerson") and, for Google Meet, a link to nowhere until the calendar has answered.
#include <array>
#include <utility>

#include "core/base/escape.hpp"
#include "core/mail/email_content.hpp"

namespace calcom {

namespace {

constexpr std::size_t kMaxPlace = 300;
using Names = std::pair<std::string_view, std::string_view>;

constexpr std::array<Names, 22> kIntegrations = {{
    {"daily", "Cal Video"},
    {"google:meet", "Google Meet"},
    {"zoom", "Zoom"},
    {"office365_video", "Microsoft Teams"},
    {"msteams", "Microsoft Teams"},
    {"webex_video", "Webex"},
    {"jitsi", "Jitsi Meet"},
    {"jelly_conferencing", "Jelly"},
    {"huddle01", "Huddle01"},
    {"tandem", "Tandem"},
    {"whereby_video", "Whereby"},
    {"riverside_video", "Riverside"},
    {"around_video", "Around"},
    {"campfire_video", "Campfire"},
    {"discord_video", "Discord"},
    {"facetime_video", "FaceTime"},
    {"ping_video", "Ping.gg"},
    {"sirius_video_video", "Sirius Video"},
    {"skype_video", "Skype"},
    {"telegram_video", "Telegram"},
    {"whatsapp_video", "WhatsApp"},
    {"nextcloudtalk_video", "Nextcloud Talk"},
}};

constexpr std::array<Names, 9> kHosts = {{
    {"meet.google.com", "Google Meet"},
    {"zoom.us", "Zoom"},
    {"teams.microsoft.com", "Microsoft Teams"},
    {"teams.live.com", "Microsoft Teams"},
    {"webex.com", "Webex"},
    {"meet.jit.si", "Jitsi Meet"},
    {"whereby.com", "Whereby"},
    {"riverside.fm", "Riverside"},
    {"daily.co", "Cal Video"},
}};

// Written by Cal.com where a Google Meet link will stand once the calendar event exists.
constexpr std::string_view kMeetToCome = "google_meet_url_in_calendar_event";

bool is_within(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                            host[host.size() - domain.size() - 1] == '.');
}

std::string_view words_for_url(const LocaleTexts& texts, std::string_view url) {
  const std::string host = url_host(url);
  for (const auto& [domain, words] : kHosts)
    if (is_within(host, domain)) return words;
  return url.find("/video/") != std::string_view::npos ? "Cal Video" : texts.online;
}

// Words for Cal.com's internal names; empty when `location` is none of them.
std::string_view words_for_name(const LocaleTexts& texts, std::string_view location) {
  constexpr std::string_view kPrefix = "integrations:";
  if (location.starts_with(kPrefix)) {
    const std::string_view name = location.substr(kPrefix.size());
    for (const auto& [integration, words] : kIntegrations)
      if (integration == name) return words;
    return texts.online;
  }
  if (location == "inPerson" || location == "attendeeInPerson") return texts.in_person;
  if (location == "phone" || location == "userPhone") return texts.by_phone;
  if (location == "link" || location == "conferencing") return texts.online;
  return {};
}

bool looks_like_url(std::string_view text) {
  const std::string start = ascii_lower(text.substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://");
}

}  // namespace

Place describe_place(const LocaleTexts& texts, std::string_view location, std::string_view meeting_url) {
  const std::string where = one_line(location, kMaxPlace);
  Place place;
  for (const std::string_view candidate : {meeting_url, location}) {
    std::string url = safe_url(candidate);
    if (url.empty()) continue;
    if (url_host(url) == kMeetToCome) {
      place.words = "Google Meet";
    } else if (place.url.empty()) {
      place.url = std::move(url);
    }
  }
  if (const std::string_view name = words_for_name(texts, where); !name.empty())
    place.words = name;
  else if (!where.empty() && !looks_like_url(where))
    place.words = where;
  else if (!place.url.empty())
    place.words = words_for_url(texts, place.url);
  else if (place.words.empty() && !where.empty())
    place.words = texts.online;  // a link that is not fit to be followed
  return place;
}

}  // namespace calcom
