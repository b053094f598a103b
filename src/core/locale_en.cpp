// English.
#include "core/locale.hpp"

namespace calcom {

constexpr LocaleTexts kEnglish = {
    .language = "en",
    .direction = "ltr",
    .weekdays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
    .months = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
               "October", "November", "December"},
    .first_of_month = "1",
    .date = "{day} {month} {year}",
    .full_date = "{weekday}, {date}",
    .am = "AM",
    .pm = "PM",
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
        {
            .subject = "Requested: {title}, {date}, {time}",
            .heading = "Your request has been received",
            .intro_with = "Your request has been passed on to {organizer}. You will hear once it is accepted "
                          "or declined; until then nothing is booked.",
            .intro_without = "Your request has been received. You will hear once it is accepted or declined; "
                             "until then nothing is booked.",
        },
        {
            .subject = "Declined: {title}, {date}, {time}",
            .heading = "Your request was declined",
            .intro_with = "{organizer} has declined your request.",
            .intro_without = "Your request has been declined.",
        },
        {
            .subject = "Reminder: {title}, {date}, {time}",
            .heading = "Your booking is coming up",
            .intro_with = "This is a reminder of your booking with {organizer}.",
            .intro_without = "This is a reminder of your booking.",
        },
    }},
    .greeting = "Hello {name},",
    .greeting_without = "Hello,",
    .meeting_with = "Meeting with {organizer}",
    .meeting = "Meeting",
    .what = "What",
    .when = "When",
    .host_time = "Host’s time",
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
    .add_to_calendar = "Add to calendar",
    .online = "Online meeting",
    .in_person = "In person",
    .by_phone = "By phone",
    .footer = "You receive this message because your address was given when the booking was made.",
};

}  // namespace calcom
