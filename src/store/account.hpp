// The account a delivery is for, and whether the tables are of this library's version.
#pragma once

#include "pg/errors.hpp"
#include "pg/spi.hpp"

namespace calcom::store {

using namespace pg;

// Version of the data tables that this library works with; calcom_setup() writes it to calcom_meta.
inline constexpr std::string_view kSchemaVersion = "1";

struct Account {
  bool known = false;
  bool disabled = false;        // calcom_account_disable(): deliveries are refused
  bool tables_current = false;  // false: deliveries are stored and deferred until calcom_setup() has run
};

// Raises KC503 when calcom_setup() has never run in this database.
void require_tables(const Schema& schema);

bool tables_are_current(Spi& spi);

Account load_account(Spi& spi, const std::string& account);

}  // namespace calcom::store
