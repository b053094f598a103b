// A booking becomes a mail: subject, HTML and text, pure. What depends on time-zone data (offset and
// abbreviation at the instant) is looked up by the caller and passed in, because PostgreSQL owns the zone
// data.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/value.hpp"
#include "core/booking/merge.hpp"

namespace calcom {

struct ZonedTime {
  Micros at = 0;               // the instant
  int utc_offset_seconds = 0;  // east positive, at that instant
  std::string zone;            // what to show: the IANA name, or "UTC" after a junk zone fell back
  std::string abbreviation;    // "IST", "CET", "-03"
};

struct Guest {
  std::string name, email;
};

struct EmailInput {
  MailKind kind = MailKind::kConfirmation;
  std::string account, uid;
  std::string recipient_email, recipient_name, recipient_locale;
  std::string title, event_title, description, location, meeting_url, additional_notes;
  std::string organizer_name, organizer_email, organizer_time_zone;
  bool hide_organizer_email = false;
  ZonedTime start;  // in the recipient's zone
  std::optional<ZonedTime> end;
  std::optional<ZonedTime> host_start;  // in the host's zone, when that is known
  std::optional<ZonedTime> host_end;
  std::optional<ZonedTime> previous_start;  // rescheduled: the time before, when known
  std::string reason;                       // as typed by a person, of the kind of this mail
  std::string cancelled_by;                 // e-mail, may be empty
  std::string cancel_url, reschedule_url;   // empty: not offered
  std::string cal_link;                     // to book again after a cancellation; may be empty
  bool seated = false;                      // several people who need not know of each other
  bool is_host = false;  // a copy to the organizer: who reads is the host, and what he reads of are guests
  std::vector<Guest> guests;       // in a copy to the host; who booked comes first
  std::string booking_url;         // Cal.com's page of the booking, in a copy to the host; may be empty
  bool has_calendar_file = false;  // else a link that adds it to a calendar is offered
};

struct Email {
  std::string subject;  // one line, no CR/LF, no control characters
  std::string html;
  std::string text;
};

// An account's own words; a part that is not there is the built-in one.
struct EmailTemplates {
  std::optional<std::string> subject, html, text;
};

// A template that does not compile or grows beyond bounds gives way to the built-in one: the mail matters
// more.
Email render_email(const EmailInput& input, const EmailTemplates& templates = {});

struct LinkInput {
  std::string booker_url;  // payload's, or the account's fallback; empty: no links
  std::string uid, seat_uid, recipient_email;
  std::string platform_cancel_url, platform_reschedule_url;
  std::string event_type_slug;  // part of platform links only; may be empty
  bool disable_cancelling = false, disable_rescheduling = false;
};

// Built as Cal.com builds them, percent-encoded; empty when not to be offered.
std::string cancel_url(const LinkInput& input);
std::string reschedule_url(const LinkInput& input);
std::string booking_url(const LinkInput& input);  // where the booking is looked at

struct CalendarEntry {
  std::string title, details, location;
  Micros start = 0;
  std::optional<Micros> end;
};
std::string add_to_calendar_url(const CalendarEntry& entry);  // Google's, which needs no file

}  // namespace calcom
