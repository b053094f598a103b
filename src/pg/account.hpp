// The account a delivery is for, and whether the tables are of this library's version.
#pragma once

#include "pg/spi.hpp"

namespace calcom::pg {

// Version of the data tables that this library works with; calcom_setup() writes it to calcom_meta.
inline constexpr std::string_view kSchemaVersion = "1";

// SQLSTATEs of our own: class KC (docs/errors.md).
inline constexpr int kWrongSignature = MAKE_SQLSTATE('K', 'C', '4', '0', '1');
inline constexpr int kMissingSignature = MAKE_SQLSTATE('K', 'C', '4', '0', '2');
inline constexpr int kNoSecret = MAKE_SQLSTATE('K', 'C', '4', '0', '3');
inline constexpr int kUnknownAccount = MAKE_SQLSTATE('K', 'C', '4', '0', '4');
inline constexpr int kNotInLog = MAKE_SQLSTATE('K', 'C', '4', '0', '5');
inline constexpr int kIncompleteLog = MAKE_SQLSTATE('K', 'C', '4', '1', '0');
inline constexpr int kDisabledAccount = MAKE_SQLSTATE('K', 'C', '4', '2', '3');
inline constexpr int kBodyTooLarge = MAKE_SQLSTATE('K', 'C', '4', '1', '3');
inline constexpr int kNotSetUp = MAKE_SQLSTATE('K', 'C', '5', '0', '3');

struct Account {
  bool known = false;
  bool disabled = false;        // calcom_account_disable(): deliveries are refused
  bool tables_current = false;  // false: deliveries are stored and deferred until calcom_setup() has run
};

// Raises KC503 when calcom_setup() has never run in this database.
void require_tables(const Schema& schema);

bool tables_are_current(Spi& spi);

Account load_account(Spi& spi, const std::string& account);

}  // namespace calcom::pg
