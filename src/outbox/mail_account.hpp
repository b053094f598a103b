// The accounts that have mail to look at in this round, and whether it may leave.
#pragma once

#include "store/environment.hpp"

namespace calcom::outbox {

using namespace pg;
using namespace store;

struct MailAccount {
  std::string name, sender, reply_to, cal_link, booker_url, mail_mode, redirect_to, locale;
  bool paused = false;
  bool disabled = false;
  bool calendar_file = true;
  int max_mails_per_hour = 0;          // to one recipient; 0: no limit
  std::optional<Micros> max_mail_age;  // none: no limit
  bool has_due = false;                // queued rows whose time has come
  int most_urgent = 0;                 // the least priority number among them
  bool has_held = false;               // rows that wait for what `hold_reason` spoke of
  std::string key;                     // of the provider; empty in test mode
  std::string hold_reason;             // empty: mail may leave (or, in test mode, be captured)
  bool sends() const { return mail_mode != "test"; }
};

// Accounts with due or held mail, judged.
std::vector<MailAccount> accounts_with_mail(pg::Spi& spi);

// One account as it is set, not judged: for previews. nullopt: there is none.
std::optional<MailAccount> account_named(pg::Spi& spi, const std::string& name);

// Why the worker holds the mail of an account; empty: it does not, or there is none.
std::string why_held(pg::Spi& spi, const std::string& name);

// Parks due mail that may not leave, with the reason, and takes parked mail up again when it may. At most
// some hundred rows a call; true: there may be more.
bool hold_due(pg::Spi& spi, const MailAccount& account);
bool release_held(pg::Spi& spi, const MailAccount& account);

// When the next queued mail of any account is due; nullopt: none is queued for later than `after`. What is
// due already in accounts that were `emptied` is locked by somebody, whose end wakes nobody: it is due again
// soon.
std::optional<Micros> next_due(pg::Spi& spi, Micros after, const std::vector<std::string>& emptied);

}  // namespace calcom::outbox
