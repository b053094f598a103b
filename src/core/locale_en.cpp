// English.
#include "core/locale.hpp"

namespace calcom {

constexpr LocaleTexts kEnglish = {
    .language = "en",
    .direction = "ltr",
    .weekdays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December"},
    .date = "{day} {month} {year}",
    .full_date = "{weekday}, {date}",
    .moment = "{date}, {time}",
    .span = "{start} – {end}",
    .with_zone = "{when} ({zone})",
    .two_offsets = "{first}, then {second}",
    .kinds = {{
        {
            .subject = "Confirmed: {title}, {date}, {time}",
            .heading = "Your booking is confirmed",
            .intro_with = "Your booking with {organizer} is confirmed.",
            .intro_without = "Your booking is confirmed.",
        },
        {
            .subject = "Rescheduled: {title}, {date}, {time}",
            .heading = "Your booking has a new time",
            .intro_with = "Your booking with {organizer} has been moved to a new time.",
            .intro_without = "Your booking has been moved to a new time.",
        },
        {
            .subject = "Cancelled: {title}, {date}, {time}",
            .heading = "Your booking is cancelled",
            .intro_with = "Your booking with {organizer} has been cancelled.",
            .intro_without = "Your booking has been cancelled.",
        },
    }},
    .greeting = "Hello {name},",
    .greeting_without = "Hello,",
    .meeting_with = "Meeting with {organizer}",
    .meeting = "Meeting",
    .what = "What",
    .when = "When",
    .formerly = "Formerly",
    .where = "Where",
    .who = "With",
    .about = "About",
    .notes = "Notes",
    .reason = "Reason",
    .cancelled_by = "Cancelled by",
    .you = "you",
    .join = "Join the meeting",
    .reschedule = "Reschedule",
    .cancel = "Cancel booking",
    .book_again = "Book another time",
    .online = "Online meeting",
    .in_person = "In person",
    .by_phone = "By phone",
    .footer = "You receive this message because your address was given when the booking was made.",
};

}  // namespace calcom
