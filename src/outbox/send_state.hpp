// What is known of each account's way to the provider, and what of it outlives the worker: an open circuit (a
// refused key or domain, a used-up quota) is a row of email_waits, so that neither the next worker nor a
// restarted server asks the provider sooner.
#pragma once

#include <map>

#include "core/sending/circuit.hpp"
#include "outbox/mail_account.hpp"
#include "shmem/key_rate.hpp"

namespace calcom::outbox {

using namespace shmem;

inline constexpr Micros kLongPause = kMinute;  // what is longer outlives the worker

struct Wait {  // a row of email_waits
  std::string reason, domain;
  MailCause cause = MailCause::kNoAnswer;
  Micros until = 0, pause = 0;
  bool operator==(const Wait&) const = default;
};

struct SendState {
  KeyRate rate;  // of its key, shared with other databases
  Circuit circuit;
  std::string reason;                      // the answer that opened the circuit, or may come to open it
  MailCause cause = MailCause::kNoAnswer;  // the same, in one word
  std::string refused;  // the sender's domain that the provider refuses; empty: it refuses whatever sender
  std::string domain;   // of the account's sender
  std::uint64_t served = 0;  // when it last got a slot, as a count of those who did

  bool loaded = false;
  std::optional<Wait> stored;  // as the table has it
  bool sure = true;            // that the table has it so

  // `reason` is why. Nothing happens while an earlier refusal holds.
  void stop(Micros now, std::optional<Micros> pause, MailCause cause, std::string_view reason,
            std::string_view refused = {});
};

// The row of email_waits of an account; nullopt: there is none.
std::optional<Wait> stored_wait(pg::Spi& spi, const std::string& account);

class SendStates {
 public:
  SendState& of(const std::string& account) { return senders_[account]; }
  // As of(), with what an earlier worker left in the table; once a process.
  SendState& load(pg::Spi& spi, const MailAccount& account, Micros now);

  // Sorts accounts in the order in which they get slots: by the most urgent mail, and among equals by the longest wait, so
  // that many mails of one account do not delay another account.
  void sort(std::vector<MailAccount>& accounts);
  void served(SendState& sender) { sender.served = ++services_; }

  // Accounts or keys changed: every wait ends now, for one probe.
  void changed() { changed_ = true; }
  // Does that in the table, too. True: it was so.
  bool end_waits(pg::Spi& spi, Micros now);

  void clock_set_back(Micros by);

  // Writes what changed, and tells the log what begins and ends. Belongs into a transaction; when that is
  // rolled back, call unsure().
  void store(pg::Spi& spi);
  void unsure();

 private:
  std::map<std::string, SendState> senders_;
  std::uint64_t services_ = 0;
  bool changed_ = false;
  bool ending_ = false;  // the transaction that ends the waits is not known to have come through
};

}  // namespace calcom::outbox
