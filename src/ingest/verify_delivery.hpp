// Who may deliver: size, account and signature are checked before anything is stored. A refusal is counted by reason and
// reported with an SQLSTATE of its own (core/base/errors.def).
#pragma once

#include <string>
#include <vector>

#include "pg/errors.hpp"
#include "pg/spi.hpp"
#include "shmem/refusals.hpp"
#include "store/account.hpp"

namespace calcom::ingest {

using namespace pg;
using namespace shmem;
using namespace store;

inline constexpr char kNotSigned[] =
    "The body is not signed with this account's secret, or it was changed on the way.";

// Counts the refusal and raises the error.
[[noreturn]] void refuse(Refusal refusal, Error error, std::string detail = {});

void check_body_size(std::size_t size);  // raises kBodyTooLarge

struct Credentials {  // of one account, loaded once for all its deliveries of a call
  Account account;
  std::vector<std::string> secrets;
};
Credentials load_credentials(Spi& spi, const std::string& account);

// Raises one of the errors of group "deliveries" unless the body is signed with one of the account's secrets and the
// account is enabled. An unknown account takes as long as a known one with a wrong signature: it is compared with a dummy
// secret.
void authenticate(const Credentials& credentials, const std::string& body, const std::string& signature);

}  // namespace calcom::ingest
