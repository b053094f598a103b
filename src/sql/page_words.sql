-- Words of the booking page in the built-in languages. The page states only what is known: before a booking is in the
-- database, it says that Cal.com reports it.
create function @extschema@.calcom_page_words(locale text) returns jsonb
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $words$
  select case split_part(lower($1), '-', 1)
    when 'en' then $en${
      "title": "Book a time", "intro": "Choose a day and a time that suits you.",
      "benefits": ["Times are shown in your own time zone.", "Plans change: you can reschedule or cancel by the link that you get.", "No account needed."],
      "skip": "Skip to the calendar", "booking": "Booking", "good_to_know": "Good to know", "loading": "The calendar is loading.",
      "plain": "Calendar by Cal.com. Trouble with it?", "link": "Book on {host}", "again": "Check again", "next": "Book another time",
      "noscript_title": "The calendar needs JavaScript", "noscript_text": "Without it you can book on Cal.com’s own page, if that page works in your browser.",
      "blocked_title": "The calendar could not be loaded", "blocked_text": "Something on this device or in this network keeps Cal.com’s calendar from loading. You can book on its own page instead.",
      "silent_title": "The calendar takes long", "silent_text": "It may still appear below. If you would rather not wait, book on its own page.",
      "failed_title": "The calendar cannot be shown", "failed_text": "Cal.com answered that it has no such page, or could not show it here. Its own page may tell you more.",
      "waiting_title": "One moment, please", "waiting_text": "Cal.com has taken your booking. We are waiting for it to arrive here.",
      "slow_title": "Still waiting for your booking", "slow_text": "Cal.com has taken your booking, but it has not arrived here yet. That can take a few minutes, and we keep looking. Please do not book a second time.",
      "late_title": "We could not confirm your booking here", "late_text": "Cal.com reported it, but it has not arrived here. It may still be good: look for an e-mail from Cal.com, and ask your host before you book again.",
      "reported_title": "Cal.com reports your booking", "reported_text": "We cannot check it from this page. The e-mail that you get about it is what counts.",
      "payment_title": "Payment is still needed", "payment_text": "Your time is not booked until it is paid. Please go on in the calendar below.",
      "pending_title": "Your request has arrived", "pending_text": "Your host still has to confirm it. Until then the time is not yours for certain.",
      "confirmed_title": "Your booking is confirmed", "confirmed_text": "It has arrived here. The details are below.",
      "series_title": "Your series is confirmed", "series_text": "The first of {count} dates has arrived here. All dates are below.",
      "moved_title": "Your booking has been moved", "moved_text": "The new time has arrived here. The details are below.",
      "cancelled_title": "Cal.com reports that your booking is cancelled", "cancelled_text": "If that was a mistake, you can book a new time."
    }$en$
    when 'de' then $de${
      "title": "Termin buchen", "intro": "Wählen Sie einen Tag und eine Uhrzeit, die Ihnen passen.",
      "benefits": ["Die Zeiten gelten in Ihrer Zeitzone.", "Etwas kommt dazwischen? Verschieben oder absagen können Sie über den Link, den Sie erhalten.", "Sie brauchen kein Konto."],
      "skip": "Zum Kalender springen", "booking": "Buchung", "good_to_know": "Gut zu wissen", "loading": "Der Kalender wird geladen.",
      "plain": "Kalender von Cal.com. Klappt es nicht?", "link": "Auf {host} buchen", "again": "Noch einmal nachsehen", "next": "Weiteren Termin buchen",
      "noscript_title": "Der Kalender braucht JavaScript", "noscript_text": "Ohne JavaScript können Sie auf der Seite von Cal.com buchen, sofern diese in Ihrem Browser funktioniert.",
      "blocked_title": "Der Kalender konnte nicht geladen werden", "blocked_text": "Etwas auf diesem Gerät oder in diesem Netz verhindert, dass der Kalender von Cal.com geladen wird. Sie können stattdessen auf dessen eigener Seite buchen.",
      "silent_title": "Der Kalender braucht lange", "silent_text": "Er kann noch unten erscheinen. Wenn Sie nicht warten möchten, buchen Sie auf der Seite von Cal.com.",
      "failed_title": "Der Kalender kann nicht angezeigt werden", "failed_text": "Cal.com meldet, dass es diese Seite nicht gibt oder dass sie hier nicht angezeigt werden kann. Auf der Seite von Cal.com erfahren Sie vielleicht mehr.",
      "waiting_title": "Einen Moment bitte", "waiting_text": "Cal.com hat Ihre Buchung angenommen. Wir warten darauf, dass sie hier ankommt.",
      "slow_title": "Wir warten noch auf Ihre Buchung", "slow_text": "Cal.com hat Ihre Buchung angenommen, hier ist sie aber noch nicht angekommen. Das kann einige Minuten dauern, wir sehen weiter nach. Bitte buchen Sie kein zweites Mal.",
      "late_title": "Wir konnten Ihre Buchung hier nicht bestätigen", "late_text": "Cal.com hat sie gemeldet, hier ist sie aber nicht angekommen. Sie kann trotzdem gültig sein: Sehen Sie nach einer E-Mail von Cal.com und fragen Sie nach, bevor Sie noch einmal buchen.",
      "reported_title": "Cal.com meldet Ihre Buchung", "reported_text": "Von dieser Seite aus können wir sie nicht prüfen. Es gilt die E-Mail, die Sie dazu erhalten.",
      "payment_title": "Die Zahlung steht noch aus", "payment_text": "Ihr Termin ist erst gebucht, wenn er bezahlt ist. Bitte fahren Sie unten im Kalender fort.",
      "pending_title": "Ihre Anfrage ist angekommen", "pending_text": "Sie muss noch angenommen werden. Bis dahin ist der Termin nicht sicher.",
      "confirmed_title": "Ihr Termin ist bestätigt", "confirmed_text": "Ihre Buchung ist hier angekommen. Die Einzelheiten stehen unten.",
      "series_title": "Ihre Terminreihe ist bestätigt", "series_text": "Der erste von {count} Terminen ist hier angekommen. Alle Termine stehen unten.",
      "moved_title": "Ihr Termin ist verschoben", "moved_text": "Die neue Zeit ist hier angekommen. Die Einzelheiten stehen unten.",
      "cancelled_title": "Cal.com meldet, dass Ihr Termin abgesagt ist", "cancelled_text": "Falls das ein Versehen war, können Sie einen neuen Termin buchen."
    }$de$
    when 'es' then $es${
      "title": "Reservar una cita", "intro": "Elija el día y la hora que mejor le convengan.",
      "benefits": ["Las horas se muestran en su zona horaria.", "¿Cambio de planes? Puede cambiar o cancelar la cita con el enlace que recibirá.", "No necesita una cuenta."],
      "skip": "Ir al calendario", "booking": "Reserva", "good_to_know": "Información útil", "loading": "El calendario se está cargando.",
      "plain": "Calendario de Cal.com. ¿Algún problema?", "link": "Reservar en {host}", "again": "Volver a comprobar", "next": "Reservar otra cita",
      "noscript_title": "El calendario necesita JavaScript", "noscript_text": "Sin él puede reservar en la página de Cal.com, si esta funciona en su navegador.",
      "blocked_title": "No se pudo cargar el calendario", "blocked_text": "Algo en este dispositivo o en esta red impide que se cargue el calendario de Cal.com. Puede reservar en la propia página de Cal.com.",
      "silent_title": "El calendario tarda en aparecer", "silent_text": "Todavía puede aparecer más abajo. Si prefiere no esperar, reserve en la página de Cal.com.",
      "failed_title": "No se puede mostrar el calendario", "failed_text": "Cal.com respondió que esa página no existe o que no puede mostrarla aquí. En la página de Cal.com quizá encuentre más información.",
      "waiting_title": "Un momento, por favor", "waiting_text": "Cal.com ha recibido su reserva. Estamos esperando a que llegue aquí.",
      "slow_title": "Seguimos esperando su reserva", "slow_text": "Cal.com ha recibido su reserva, pero todavía no ha llegado aquí. Puede tardar unos minutos; seguimos comprobándolo. Por favor, no reserve por segunda vez.",
      "late_title": "No hemos podido confirmar su reserva aquí", "late_text": "Cal.com informó de ella, pero no ha llegado aquí. Aun así puede ser válida: busque un correo de Cal.com y pregunte antes de volver a reservar.",
      "reported_title": "Cal.com informa de su reserva", "reported_text": "No podemos comprobarla desde esta página. Lo que cuenta es el correo que recibirá.",
      "payment_title": "Falta el pago", "payment_text": "Su cita no queda reservada hasta que se pague. Continúe en el calendario de abajo.",
      "pending_title": "Su solicitud ha llegado", "pending_text": "Todavía tiene que ser aceptada. Hasta entonces la hora no está asegurada.",
      "confirmed_title": "Su cita está confirmada", "confirmed_text": "La reserva ha llegado aquí. Los detalles están más abajo.",
      "series_title": "Su serie de citas está confirmada", "series_text": "La primera de {count} citas ha llegado aquí. Todas las fechas están más abajo.",
      "moved_title": "Su cita tiene una nueva hora", "moved_text": "La nueva hora ha llegado aquí. Los detalles están más abajo.",
      "cancelled_title": "Cal.com informa de que su cita está cancelada", "cancelled_text": "Si fue un error, puede reservar una nueva cita."
    }$es$
    when 'fr' then $fr${
      "title": "Prendre rendez-vous", "intro": "Choisissez le jour et l’heure qui vous conviennent.",
      "benefits": ["Les horaires sont affichés dans votre fuseau horaire.", "Un imprévu ? Vous pouvez déplacer ou annuler le rendez-vous grâce au lien que vous recevrez.", "Aucun compte n’est nécessaire."],
      "skip": "Aller au calendrier", "booking": "Réservation", "good_to_know": "Bon à savoir", "loading": "Le calendrier est en cours de chargement.",
      "plain": "Calendrier de Cal.com. Un problème ?", "link": "Réserver sur {host}", "again": "Vérifier à nouveau", "next": "Prendre un autre rendez-vous",
      "noscript_title": "Le calendrier a besoin de JavaScript", "noscript_text": "Sans JavaScript, vous pouvez réserver sur la page de Cal.com, si elle fonctionne dans votre navigateur.",
      "blocked_title": "Le calendrier n’a pas pu être chargé", "blocked_text": "Quelque chose sur cet appareil ou dans ce réseau empêche le chargement du calendrier de Cal.com. Vous pouvez réserver sur la page de Cal.com.",
      "silent_title": "Le calendrier se fait attendre", "silent_text": "Il peut encore apparaître ci-dessous. Si vous préférez ne pas attendre, réservez sur la page de Cal.com.",
      "failed_title": "Le calendrier ne peut pas être affiché", "failed_text": "Cal.com a répondu que cette page n’existe pas ou qu’elle ne peut pas être affichée ici. La page de Cal.com vous en dira peut-être plus.",
      "waiting_title": "Un instant, s’il vous plaît", "waiting_text": "Cal.com a bien pris votre réservation. Nous attendons qu’elle arrive ici.",
      "slow_title": "Nous attendons toujours votre réservation", "slow_text": "Cal.com a bien pris votre réservation, mais elle n’est pas encore arrivée ici. Cela peut prendre quelques minutes ; nous continuons à vérifier. Merci de ne pas réserver une seconde fois.",
      "late_title": "Nous n’avons pas pu confirmer votre réservation ici", "late_text": "Cal.com l’a annoncée, mais elle n’est pas arrivée ici. Elle peut tout de même être valable : cherchez un e-mail de Cal.com et renseignez-vous avant de réserver à nouveau.",
      "reported_title": "Cal.com annonce votre réservation", "reported_text": "Nous ne pouvons pas la vérifier depuis cette page. C’est l’e-mail que vous recevrez qui fait foi.",
      "payment_title": "Le paiement reste à faire", "payment_text": "Votre rendez-vous n’est réservé qu’une fois payé. Veuillez continuer dans le calendrier ci-dessous.",
      "pending_title": "Votre demande est arrivée", "pending_text": "Elle doit encore être acceptée. D’ici là, l’horaire n’est pas garanti.",
      "confirmed_title": "Votre rendez-vous est confirmé", "confirmed_text": "La réservation est arrivée ici. Les détails se trouvent ci-dessous.",
      "series_title": "Votre série de rendez-vous est confirmée", "series_text": "Le premier de {count} rendez-vous est arrivé ici. Toutes les dates se trouvent ci-dessous.",
      "moved_title": "Votre rendez-vous est déplacé", "moved_text": "Le nouvel horaire est arrivé ici. Les détails se trouvent ci-dessous.",
      "cancelled_title": "Cal.com annonce que votre rendez-vous est annulé", "cancelled_text": "Si c’était une erreur, vous pouvez prendre un nouveau rendez-vous."
    }$fr$
  end::jsonb
$words$;
comment on function @extschema@.calcom_page_words(text) is
  'Words of the booking page in a language: title, intro, benefits and, by name, all other texts. Null if the '
  'extension has none in that language; then English is shown unless calcom_page_set(words => ...) replaces them.';
