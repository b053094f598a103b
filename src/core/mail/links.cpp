// The links under which an attendee cancels or moves a booking. No body of Cal.com's carries them; they are
// built the way Cal.com builds those in its own mails. A person who opens a link without the seat's id sees the
// organizer's view, so a mail about one seat always names the seat.
#include <string>

#include "core/base/escape.hpp"
#include "core/mail/email.hpp"
#include "core/mail/ics.hpp"

namespace calcom {

namespace {

// A base that segments can be appended to: a safe URL without query or fragment, without a trailing slash.
std::string base_url(std::string_view url) {
  std::string base = safe_url(url);
  if (base.find_first_of("?#") != std::string::npos) return {};
  while (base.ends_with('/')) base.pop_back();
  return base;
}

void append_parameter(std::string& url, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  url += url.find('?') == std::string::npos ? '?' : '&';
  url.append(name).append("=").append(form_encode(value));
}

std::string_view uid_to_reschedule(const LinkInput& input) {
  return input.seat_uid.empty() ? input.uid : input.seat_uid;
}

// Bookings made through a platform client are managed on that platform's pages, which take other parameters.
std::string platform_cancel_url(const LinkInput& input) {
  std::string url = base_url(input.platform_cancel_url);
  if (url.empty()) return {};
  url.append("/").append(path_encode(input.uid));
  append_parameter(url, "slug", input.event_type_slug);
  append_parameter(url, "cancel", "true");
  append_parameter(url, "allRemainingBookings", "false");
  append_parameter(url, "seatReferenceUid", input.seat_uid);
  return url;
}

std::string platform_reschedule_url(const LinkInput& input) {
  std::string url = base_url(input.platform_reschedule_url);
  if (url.empty()) return {};
  url.append("/").append(path_encode(uid_to_reschedule(input)));
  append_parameter(url, "slug", input.event_type_slug);
  append_parameter(url, "reschedule", "true");
  return url;
}

}  // namespace

std::string cancel_url(const LinkInput& input) {
  if (input.disable_cancelling || input.uid.empty()) return {};
  if (!input.platform_cancel_url.empty()) return platform_cancel_url(input);
  std::string url = base_url(input.booker_url);
  if (url.empty()) return {};
  url.append("/booking/").append(path_encode(input.uid));
  append_parameter(url, "cancel", "true");
  append_parameter(url, "allRemainingBookings", "false");
  append_parameter(url, "cancelledBy", input.recipient_email);
  append_parameter(url, "seatReferenceUid", input.seat_uid);
  return url;
}

std::string reschedule_url(const LinkInput& input) {
  if (input.disable_rescheduling || input.uid.empty()) return {};
  if (!input.platform_reschedule_url.empty()) return platform_reschedule_url(input);
  std::string url = base_url(input.booker_url);
  if (url.empty()) return {};
  url.append("/reschedule/").append(path_encode(uid_to_reschedule(input)));
  append_parameter(url, "rescheduledBy", input.recipient_email);
  append_parameter(url, "seatReferenceUid", input.seat_uid);
  return url;
}

std::string booking_url(const LinkInput& input) {
  std::string url = base_url(input.booker_url);
  if (url.empty() || input.uid.empty()) return {};
  url.append("/booking/").append(path_encode(input.uid));
  append_parameter(url, "changes", "true");
  return url;
}

std::string add_to_calendar_url(const CalendarEntry& entry) {
  const Micros end = entry.end && *entry.end > entry.start ? *entry.end : entry.start + kHour;
  std::string url = "https://calendar.google.com/calendar/render?action=TEMPLATE";
  append_parameter(url, "text", entry.title);
  url += "&dates=" + basic_utc(entry.start) + "/" + basic_utc(end);
  append_parameter(url, "location", entry.location);
  append_parameter(url, "details", entry.details);
  return url;
}

}  // namespace calcom
