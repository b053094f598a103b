// Stores events of Resend: the log of events, the delivery status of mails, and suppressed addresses.
#pragma once

#include "core/booking/stored_words.hpp"
#include "core/sending/resend_event.hpp"
#include "pg/spi.hpp"

namespace calcom::ingest {

using namespace pg;

struct ProviderMail {  // the row of email_outbox that an event is about, locked
  pg_uuid_t id{};
  std::string state, provider_id;
  DeliveryStatus stored;
};

bool provider_event_known(Spi& spi, const std::string& account, const std::string& id);

// By our tag, else by Resend's id of the mail.
std::optional<ProviderMail> lock_mail(Spi& spi, const std::string& account, const ResendEvent& event);

// Updates the delivery status of the mail. False: nothing changed.
bool update_mail(Spi& spi, const std::string& account, const ProviderMail& mail, const ResendEvent& event,
                 Micros happened_at);

// Suppresses the event's recipient, or ends a suppression by the provider. False: nothing changed.
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
