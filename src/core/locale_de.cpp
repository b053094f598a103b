// German.
#include "core/locale.hpp"

namespace calcom {

constexpr LocaleTexts kGerman = {
    .language = "de",
    .direction = "ltr",
    .weekdays = {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
    .months = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
               "November", "Dezember"},
    .first_of_month = "1",
    .date = "{day}. {month} {year}",
    .full_date = "{weekday}, {date}",
    .am = "vorm.",
    .pm = "nachm.",
    .moment = "{date}, {time}",
    .span = "{start} – {end}",
    .with_zone = "{when} ({zone})",
    .two_offsets = "{first}, dann {second}",
    .kinds = {{
        {
            .subject = "Bestätigt: {title}, {date}, {time}",
            .heading = "Ihr Termin ist bestätigt",
            .intro_with = "Ihr Termin mit {organizer} ist bestätigt.",
            .intro_without = "Ihr Termin ist bestätigt.",
        },
        {
            .subject = "Verschoben: {title}, {date}, {time}",
            .heading = "Ihr Termin hat eine neue Zeit",
            .intro_with = "Ihr Termin mit {organizer} wurde verschoben.",
            .intro_without = "Ihr Termin wurde verschoben.",
        },
        {
            .subject = "Abgesagt: {title}, {date}, {time}",
            .heading = "Ihr Termin ist abgesagt",
            .intro_with = "Ihr Termin mit {organizer} wurde abgesagt.",
            .intro_without = "Ihr Termin wurde abgesagt.",
        },
        {
            .subject = "Angefragt: {title}, {date}, {time}",
            .heading = "Ihre Anfrage ist eingegangen",
            .intro_with = "Ihre Anfrage wurde an {organizer} weitergeleitet. Sie hören von uns, sobald sie "
                          "angenommen oder abgelehnt ist; bis dahin ist nichts gebucht.",
            .intro_without = "Ihre Anfrage ist eingegangen. Sie hören von uns, sobald sie angenommen oder "
                             "abgelehnt ist; bis dahin ist nichts gebucht.",
        },
        {
            .subject = "Abgelehnt: {title}, {date}, {time}",
            .heading = "Ihre Anfrage wurde abgelehnt",
            .intro_with = "{organizer} hat Ihre Anfrage abgelehnt.",
            .intro_without = "Ihre Anfrage wurde abgelehnt.",
        },
        {
            .subject = "Erinnerung: {title}, {date}, {time}",
            .heading = "Ihr Termin steht bevor",
            .intro_with = "Wir erinnern an Ihren Termin mit {organizer}.",
            .intro_without = "Wir erinnern an Ihren Termin.",
        },
    }},
    .greeting = "Guten Tag {name},",
    .greeting_without = "Guten Tag,",
    .meeting_with = "Termin mit {organizer}",
    .meeting = "Termin",
    .what = "Was",
    .when = "Wann",
    .host_time = "Beim Gastgeber",
    .formerly = "Bisher",
    .where = "Wo",
    .who = "Mit",
    .about = "Worum es geht",
    .notes = "Anmerkungen",
    .reason = "Grund",
    .cancelled_by = "Abgesagt von",
    .you = "Ihnen",
    .join = "Am Termin teilnehmen",
    .reschedule = "Verschieben",
    .cancel = "Termin absagen",
    .book_again = "Neuen Termin buchen",
    .add_to_calendar = "In den Kalender",
    .online = "Online-Termin",
    .in_person = "Vor Ort",
    .by_phone = "Telefonisch",
    .footer = "Sie erhalten diese Nachricht, weil bei der Buchung Ihre Adresse angegeben wurde.",
};

}  // namespace calcom
