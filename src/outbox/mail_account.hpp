// The accounts with mail to handle in this round, and whether their mail may be sent.
#pragma once

#include "core/sending/judge.hpp"
#include "store/environment.hpp"

namespace calcom::outbox {

using namespace pg;
using namespace store;

struct MailAccount {
  std::string name, sender, reply_to, cal_link, booker_url, redirect_to, locale;
  AccountState state;
  bool calendar_file = true;
  std::string key;       // of the provider; empty in test mode
  bool has_due = false;  // queued rows whose time has come
  int most_urgent = 0;   // the least priority number among them
  bool has_held = false;
  std::optional<MailFate> hold;  // nullopt: mail may leave (or, in test mode, be captured)
  bool sends() const { return state.sends(); }
};

// Accounts with due or held mail, judged.
std::vector<MailAccount> accounts_with_mail(pg::Spi& spi);

// One account as it is set, not judged: for previews. nullopt: there is none.
std::optional<MailAccount> account_named(pg::Spi& spi, const std::string& name);

// One account, or all of them (nullopt), judged, by name.
std::vector<MailAccount> accounts(pg::Spi& spi, const std::optional<std::string>& name);

// Holds due mail that may not leave, with the reason, and queues held mail again when it may. At most some
// hundred rows a call; true: there may be more.
bool hold_due(pg::Spi& spi, const MailAccount& account);
bool release_held(pg::Spi& spi, const MailAccount& account);

// When the next queued mail of any account is due; nullopt: none is queued for later than `after`. What is
// due already in accounts that were `emptied` is locked by somebody, whose end wakes nobody: it is due again
// soon.
std::optional<Micros> next_due(pg::Spi& spi, Micros after, const std::vector<std::string>& emptied);

}  // namespace calcom::outbox
