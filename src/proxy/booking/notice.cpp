// Words of our own, unlike those of a page that is shown: whoever reads these may have met no account of
// ours, or no database.
#include "proxy/booking/notice.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "proxy/booking/language.hpp"

namespace calcom::proxy {
namespace {

struct Text {
  std::string_view title, text;
};
constexpr std::size_t kLanguages = 4;
struct Notice {
  BookingNotice notice;
  unsigned status, retry_after;
  std::array<Text, kLanguages> texts;
};

const std::vector<std::string>& languages() {
  static const std::vector<std::string> tags{"en", "de", "es", "fr"};
  return tags;
}

constexpr std::array kNotices{
    Notice{BookingNotice::kUnknown,
           404,
           0,
           {{{"There is no booking page here",
              "Check the address, or ask whoever gave it to you for the right one."},
             {"Hier gibt es keine Buchungsseite",
              "Prüfen Sie die Adresse oder fragen Sie dort nach, wo Sie sie bekommen haben."},
             {"Aquí no hay ninguna página de reservas",
              "Compruebe la dirección o pida la correcta a quien se la dio."},
             {"Il n’y a pas de page de réservation ici",
              "Vérifiez l’adresse ou demandez la bonne à la personne qui vous l’a donnée."}}}},
    Notice{BookingNotice::kNotSetUp,
           404,
           0,
           {{{"Nothing can be booked here yet", "This page has not been set up. Please come back later."},
             {"Hier kann noch nichts gebucht werden",
              "Diese Seite ist noch nicht eingerichtet. Bitte kommen Sie später wieder."},
             {"Aquí todavía no se puede reservar nada",
              "Esta página aún no está configurada. Vuelva más tarde, por favor."},
             {"Rien ne peut encore être réservé ici",
              "Cette page n’est pas encore configurée. Merci de revenir plus tard."}}}},
    Notice{BookingNotice::kUnavailable,
           503,
           5,
           {{{"This page is away for a moment", "Nothing is lost. Please try again in a minute."},
             {"Diese Seite ist einen Moment nicht erreichbar",
              "Nichts ist verloren. Bitte versuchen Sie es in einer Minute noch einmal."},
             {"Esta página no está disponible por un momento",
              "No se ha perdido nada. Inténtelo de nuevo en un minuto."},
             {"Cette page est indisponible pour un instant",
              "Rien n’est perdu. Merci de réessayer dans une minute."}}}},
    Notice{BookingNotice::kTooMany,
           429,
           2,
           {{{"Too many visitors at once", "Please try again in a few seconds."},
             {"Zu viele Besucher auf einmal", "Bitte versuchen Sie es in einigen Sekunden noch einmal."},
             {"Demasiados visitantes a la vez", "Inténtelo de nuevo en unos segundos."},
             {"Trop de visiteurs à la fois", "Merci de réessayer dans quelques secondes."}}}},
};

}  // namespace

NoticeWords notice_words(BookingNotice notice, std::string_view accepted) {
  const auto* found = std::find_if(kNotices.begin(), kNotices.end(),
                                   [notice](const Notice& one) { return one.notice == notice; });
  const std::size_t wished = preferred_language(accepted, languages());
  const std::size_t place = wished < kLanguages ? wished : 0;
  return {found->status, found->retry_after, languages()[place], found->texts[place].title,
          found->texts[place].text};
}

}  // namespace calcom::proxy
