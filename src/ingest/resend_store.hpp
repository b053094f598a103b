// What Resend told, written down: the log of its events, the delivery status of the mail that an event speaks
// of, and who must not be mailed any more.
#pragma once

#include "core/booking/stored_words.hpp"
#include "core/sending/resend_event.hpp"
#include "pg/spi.hpp"

namespace calcom::ingest {

using namespace pg;

struct ProviderMail {  // the row of email_outbox that an event speaks of, locked
  pg_uuid_t id{};
  std::string state, provider_id;
  DeliveryStatus standing;
};

bool provider_event_known(Spi& spi, const std::string& account, const std::string& id);

// By our tag, else by Resend's id of the mail.
std::optional<ProviderMail> lock_mail(Spi& spi, const std::string& account, const ResendEvent& event);

// Takes over what the event says about the mail. False: nothing new.
bool update_mail(Spi& spi, const std::string& account, const ProviderMail& mail, const ResendEvent& event,
                 Micros happened_at);

// Suppresses the event's recipient or lifts what the provider had suppressed. False: nothing changed.
bool update_suppression(Spi& spi, const std::string& account, const ResendEvent& event, Micros happened_at);

struct ProviderEvent {  // one row of the log
  std::string account, id, reason, body;
  ProviderOutcome outcome = ProviderOutcome::kDead;
  ResendEvent event;
  std::optional<pg_uuid_t> outbox_id;
  Micros happened_at = 0, received_at = 0;
};
void store_provider_event(Spi& spi, const ProviderEvent& row);

}  // namespace calcom::ingest
