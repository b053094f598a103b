// What a template can contain: the one table of paths, and their values for one mail. A path that is not
// here is an error when the template is written; one that has no value for a mail is empty.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace calcom {

struct PathInfo {
  std::string_view path, meaning;
};

// In the recipient's language and time zone, unless it says otherwise.
inline constexpr std::array kTemplatePaths = {
    PathInfo{"account.name", "name of the calcom account"},
    PathInfo{"booking.description", "description of the booking"},
    PathInfo{"booking.event_title", "title of the event type"},
    PathInfo{"booking.notes", "notes of who booked, where they differ from the description"},
    PathInfo{"booking.title", "title of the booking, never empty"},
    PathInfo{"booking.uid", "Cal.com's uid"},
    PathInfo{"cancelled_by", "\"you\" or the host's name; empty for anybody else"},
    PathInfo{"end.date", "date of the end"},
    PathInfo{"end.time", "time of day of the end"},
    PathInfo{"guest.name", "in a copy to the host: who booked; empty where several hold seats"},
    PathInfo{"host.email", "address of the host; empty where Cal.com hides it"},
    PathInfo{"host.name", "name of the host, else the address"},
    PathInfo{"host.when", "start to end in the host's zone; empty where clocks agree"},
    PathInfo{"is_host", "true in a copy to the host, else empty"},
    PathInfo{"links.add_to_calendar", "Google Calendar's page with the event filled in"},
    PathInfo{"links.book_again", "booking page, in mails about a booking that is off"},
    PathInfo{"links.cancel", "where the recipient cancels; empty where that is disabled"},
    PathInfo{"links.reschedule", "where the recipient reschedules; empty where that is disabled"},
    PathInfo{"location", "where, in words: an address, Cal Video, Zoom"},
    PathInfo{"meeting_url", "address of the video meeting"},
    PathInfo{"previous_start.date", "date before it was moved"},
    PathInfo{"previous_start.time", "time of day before it was moved"},
    PathInfo{"previous_start.when", "date, time and zone before it was moved"},
    PathInfo{"reason", "why it was moved, cancelled or rejected, as typed"},
    PathInfo{"recipient.email", "address of the recipient"},
    PathInfo{"recipient.name", "name of the recipient"},
    PathInfo{"start.date", "date: 25 November 2026"},
    PathInfo{"start.day", "day of the month, a number"},
    PathInfo{"start.month", "month, a number"},
    PathInfo{"start.offset", "UTC+05:30"},
    PathInfo{"start.time", "time of day: 12:30"},
    PathInfo{"start.weekday", "Wednesday"},
    PathInfo{"start.when", "weekday, date, start to end, zone and offset"},
    PathInfo{"start.year", "year, a number"},
    PathInfo{"start.zone", "IANA name of the zone"},
};

struct ListInfo {
  std::string_view path, meaning;
  std::array<PathInfo, 4> fields;  // unused ones have no name
};

inline constexpr std::array kTemplateLists = {
    ListInfo{"buttons",
             "the links that this kind of mail offers",
             {{{"label", "words on it"}, {"url", "where it leads"}, {"primary", "true: the main one"}, {}}}},
    ListInfo{"details",
             "what the built-in mail of this kind tells, row by row",
             {{{"label", "What, When, Where, …"},
               {"value", "may have several lines"},
               {"url", "what the value links to, or empty"},
               {"outdated", "true: shown struck through"}}}},
};

inline constexpr std::string_view kTrue = "true";  // a flag that is set; one that is not is empty

using TemplateValues = std::map<std::string_view, std::string>;

struct TemplateModel {
  TemplateValues values;
  std::map<std::string_view, std::vector<TemplateValues>> lists;
};

}  // namespace calcom
