// Whether and how fast each account can send. An open circuit (refused key or domain, used-up quota) is
// stored in email_waits, so that neither the next worker nor a restarted server asks the provider too early.
#pragma once

#include <map>

#include "core/sending/circuit.hpp"
#include "outbox/mail_account.hpp"
#include "shmem/key_rate.hpp"

namespace calcom::outbox {

using namespace shmem;

inline constexpr Micros kLongPause = kMinute;  // a longer pause opens the circuit and is stored

struct Wait {  // a row of email_waits
  std::string reason, domain;
  MailCause cause = MailCause::kNoAnswer;
  Micros until = 0, pause = 0;
  bool operator==(const Wait&) const = default;
};

struct SendState {
  KeyRate rate;  // of its key, shared with other databases
  Circuit circuit;
  std::string reason;                      // the answer that opened the circuit or may open it
  MailCause cause = MailCause::kNoAnswer;  // the same as a code
  std::string refused;       // the sender's domain that the provider refuses; empty: it refuses every sender
  std::string domain;        // of the account's sender
  std::uint64_t served = 0;  // when it last got a slot: the value of services_ then

  bool loaded = false;
  std::optional<Wait> stored;  // the row in email_waits
  bool sure = true;            // false: `stored` may differ from the row

  // Opens the circuit because of `reason`. Does nothing while it is open and no probe is under way.
  void stop(Micros now, std::optional<Micros> pause, MailCause cause, std::string_view reason,
            std::string_view refused = {});
};

// The account's row in email_waits; nullopt if there is no row.
std::optional<Wait> stored_wait(pg::Spi& spi, const std::string& account);

class SendStates {
 public:
  SendState& of(const std::string& account) { return senders_[account]; }
  // Like of(), and restores the account's row in email_waits. Each process reads the row once.
  SendState& load(pg::Spi& spi, const MailAccount& account, Micros now);

  // Sorts the accounts in the order in which they may take slots: the most urgent mail first. Among equals,
  // the account that has waited longest is first. So an account with much mail does not block the others.
  void sort(std::vector<MailAccount>& accounts);
  void served(SendState& sender) { sender.served = ++services_; }

  // Accounts or keys changed: the next end_waits() ends every wait and allows one probe.
  void changed() { changed_ = true; }
  // Ends the waits after changed(), also in email_waits. Returns false if nothing changed.
  bool end_waits(pg::Spi& spi, Micros now);

  void clock_set_back(Micros by);

  // Writes changed waits to email_waits and logs those that begin or end. Requires a transaction. If that is
  // rolled back, call unsure().
  void store(pg::Spi& spi);
  void unsure();

 private:
  std::map<std::string, SendState> senders_;
  std::uint64_t services_ = 0;
  bool changed_ = false;
  bool ending_ = false;  // end_waits() ran, and its transaction may still be rolled back
};

}  // namespace calcom::outbox
