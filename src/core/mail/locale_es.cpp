// Spanish.
#include "core/mail/locale.hpp"

namespace calcom {

constexpr LocaleTexts kSpanish = {
    .language = "es",
    .direction = "ltr",
    .weekdays = {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
    .months = {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
               "octubre", "noviembre", "diciembre"},
    .first_of_month = "1",
    .date = "{day} de {month} de {year}",
    .full_date = "{weekday}, {date}",
    .am = "a.\u00A0m.",
    .pm = "p.\u00A0m.",
    .moment = "{date}, {time}",
    .span = "{start} – {end}",
    .with_zone = "{when} ({zone})",
    .two_offsets = "{first}, después {second}",
    .kinds = {{
        {
            .subject = "Confirmada: {title}, {date}, {time}",
            .heading = "Su reserva está confirmada",
            .intro_with = "Su reserva con {organizer} está confirmada.",
            .intro_without = "Su reserva está confirmada.",
            .host_heading = "Tiene una nueva reserva",
            .host_with = "{guest} ha hecho una reserva con usted.",
            .host_without = "Se ha hecho una reserva con usted.",
        },
        {
            .subject = "Reprogramada: {title}, {date}, {time}",
            .heading = "Su reserva tiene un nuevo horario",
            .intro_with = "Su reserva con {organizer} ha cambiado de horario.",
            .intro_without = "Su reserva ha cambiado de horario.",
            .host_heading = "Una reserva tiene un nuevo horario",
            .host_with = "Su reserva con {guest} ha cambiado de horario.",
            .host_without = "Una de sus reservas ha cambiado de horario.",
        },
        {
            .subject = "Cancelada: {title}, {date}, {time}",
            .heading = "Su reserva está cancelada",
            .intro_with = "Su reserva con {organizer} se ha cancelado.",
            .intro_without = "Su reserva se ha cancelado.",
            .host_heading = "Una reserva está cancelada",
            .host_with = "Su reserva con {guest} se ha cancelado.",
            .host_without = "Una de sus reservas se ha cancelado.",
        },
        {
            .subject = "Solicitada: {title}, {date}, {time}",
            .heading = "Hemos recibido su solicitud",
            .intro_with = "Su solicitud se ha enviado a {organizer}. Le avisaremos cuando se acepte o se "
                          "rechace; hasta entonces no hay nada reservado.",
            .intro_without = "Hemos recibido su solicitud. Le avisaremos cuando se acepte o se rechace; "
                             "hasta entonces no hay nada reservado.",
            .host_heading = "Una solicitud espera su respuesta",
            .host_with =
                "{guest} desea hacer una reserva con usted. No hay nada reservado hasta que usted acepte.",
            .host_without =
                "Alguien desea hacer una reserva con usted. No hay nada reservado hasta que usted acepte.",
        },
        {
            .subject = "Rechazada: {title}, {date}, {time}",
            .heading = "Su solicitud ha sido rechazada",
            .intro_with = "{organizer} ha rechazado su solicitud.",
            .intro_without = "Su solicitud ha sido rechazada.",
        },
        {
            .subject = "Recordatorio: {title}, {date}, {time}",
            .heading = "Se acerca la fecha de su reserva",
            .intro_with = "Le recordamos su reserva con {organizer}.",
            .intro_without = "Le recordamos su reserva.",
        },
    }},
    .greeting = "Hola, {name}:",
    .greeting_without = "Hola:",
    .meeting_with = "Reunión con {organizer}",
    .meeting = "Reunión",
    .colon = ":",
    .what = "Qué",
    .when = "Cuándo",
    .host_time = "Hora del anfitrión",
    .formerly = "Antes",
    .where = "Dónde",
    .who = "Con",
    .about = "Descripción",
    .notes = "Notas",
    .reason = "Motivo",
    .cancelled_by = "Cancelada por",
    .you = "usted",
    .join = "Unirse a la reunión",
    .reschedule = "Cambiar horario",
    .cancel = "Cancelar reserva",
    .book_again = "Reservar de nuevo",
    .add_to_calendar = "Añadir al calendario",
    .open = "Abrir en Cal.com",
    .online = "Reunión en línea",
    .in_person = "En persona",
    .by_phone = "Por teléfono",
    .footer = "Recibe este mensaje porque se indicó su dirección al hacer la reserva.",
    .host_footer = "Recibe esta copia porque la reserva se ha hecho con usted.",
};

}  // namespace calcom
