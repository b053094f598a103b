// Who may deliver: size, account and signature, checked before anything is stored. A refusal is counted by
// reason and reported with an SQLSTATE of its own (docs/errors.md).
#pragma once

#include <string>
#include <vector>

#include "pg/spi.hpp"
#include "store/account.hpp"

namespace calcom::ingest {

using namespace pg;
using namespace store;

void check_body_size(std::size_t size);  // raises KC413

struct Credentials {  // of one account, loaded once for all its deliveries of a call
  Account account;
  std::vector<std::string> secrets;
};
Credentials load_credentials(Spi& spi, const std::string& account);

// Raises KC401 to KC404 or KC423 unless the body is signed with one of the account's secrets
// and the account is enabled. An unknown account costs
// the same as a known one with a wrong signature: it is compared with a dummy secret.
void authenticate(const Credentials& credentials, const std::string& body, const std::string& signature,
                  const Schema& schema);

}  // namespace calcom::ingest
