// See mail_age.hpp.
#include "core/mail/mail_age.hpp"

namespace calcom {

bool too_old(MailKind kind, Micros owed_at, std::optional<Micros> max_age, Micros now) {
  return kind != MailKind::kReminder && max_age && now - owed_at > *max_age;
}

}  // namespace calcom
