// French.
#include "core/mail/locale.hpp"

namespace calcom {

constexpr LocaleTexts kFrench = {
    .language = "fr",
    .direction = "ltr",
    .weekdays = {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
    .months = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
               "octobre", "novembre", "décembre"},
    .first_of_month = "1er",
    .date = "{day} {month} {year}",
    .full_date = "{weekday} {date}",
    .am = "AM",
    .pm = "PM",
    .moment = "{date}, {time}",
    .span = "{start} – {end}",
    .with_zone = "{when} ({zone})",
    .two_offsets = "{first}, puis {second}",
    .kinds = {{
        {
            .subject = "Confirmé\u00A0: {title}, {date}, {time}",
            .heading = "Votre rendez-vous est confirmé",
            .intro_with = "Votre rendez-vous avec {organizer} est confirmé.",
            .intro_without = "Votre rendez-vous est confirmé.",
            .host_heading = "Vous avez un nouveau rendez-vous",
            .host_with = "{guest} a pris rendez-vous avec vous.",
            .host_without = "Un rendez-vous a été pris avec vous.",
        },
        {
            .subject = "Déplacé\u00A0: {title}, {date}, {time}",
            .heading = "Votre rendez-vous a un nouvel horaire",
            .intro_with = "Votre rendez-vous avec {organizer} a été déplacé.",
            .intro_without = "Votre rendez-vous a été déplacé.",
            .host_heading = "Un rendez-vous a un nouvel horaire",
            .host_with = "Votre rendez-vous avec {guest} a été déplacé.",
            .host_without = "Un de vos rendez-vous a été déplacé.",
        },
        {
            .subject = "Annulé\u00A0: {title}, {date}, {time}",
            .heading = "Votre rendez-vous est annulé",
            .intro_with = "Votre rendez-vous avec {organizer} a été annulé.",
            .intro_without = "Votre rendez-vous a été annulé.",
            .host_heading = "Un rendez-vous est annulé",
            .host_with = "Votre rendez-vous avec {guest} a été annulé.",
            .host_without = "Un de vos rendez-vous a été annulé.",
        },
        {
            .subject = "Demandé\u00A0: {title}, {date}, {time}",
            .heading = "Votre demande a bien été reçue",
            .intro_with =
                "Votre demande a été transmise à {organizer}. Vous recevrez sa réponse\u202F; d’ici là, "
                "rien n’est réservé.",
            .intro_without = "Votre demande a bien été reçue. Vous recevrez une réponse\u202F; d’ici là, "
                             "rien n’est réservé.",
            .host_heading = "Une demande attend votre réponse",
            .host_with = "{guest} souhaite prendre rendez-vous avec vous. Rien n’est réservé tant que vous "
                         "n’avez pas accepté.",
            .host_without = "Quelqu’un souhaite prendre rendez-vous avec vous. Rien n’est réservé tant que "
                            "vous n’avez pas accepté.",
        },
        {
            .subject = "Refusé\u00A0: {title}, {date}, {time}",
            .heading = "Votre demande a été refusée",
            .intro_with = "{organizer} a refusé votre demande.",
            .intro_without = "Votre demande a été refusée.",
        },
        {
            .subject = "Rappel\u00A0: {title}, {date}, {time}",
            .heading = "Votre rendez-vous approche",
            .intro_with = "Nous vous rappelons votre rendez-vous avec {organizer}.",
            .intro_without = "Nous vous rappelons votre rendez-vous.",
        },
    }},
    .greeting = "Bonjour {name},",
    .greeting_without = "Bonjour,",
    .meeting_with = "Rendez-vous avec {organizer}",
    .meeting = "Rendez-vous",
    .colon = "\u00A0:",
    .what = "Objet",
    .when = "Quand",
    .host_time = "Heure de l’hôte",
    .formerly = "Ancien horaire",
    .where = "Où",
    .who = "Avec",
    .about = "À propos",
    .notes = "Remarques",
    .reason = "Motif",
    .cancelled_by = "Annulé par",
    .you = "vous",
    .join = "Rejoindre le rendez-vous",
    .reschedule = "Déplacer",
    .cancel = "Annuler le rendez-vous",
    .book_again = "Réserver à nouveau",
    .add_to_calendar = "Ajouter au calendrier",
    .open = "Ouvrir dans Cal.com",
    .online = "Rendez-vous en ligne",
    .in_person = "Sur place",
    .by_phone = "Par téléphone",
    .footer = "Vous recevez ce message car votre adresse a été indiquée lors de la réservation.",
    .host_footer = "Vous recevez cette copie car le rendez-vous a été pris avec vous.",
};

}  // namespace calcom
