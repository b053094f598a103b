// SQLSTATEs of the extension (class KC); docs/errors.md describes each.
#pragma once

#include "pg/guard.hpp"

namespace calcom::pg {

inline constexpr int kWrongSignature = MAKE_SQLSTATE('K', 'C', '4', '0', '1');
inline constexpr int kMissingSignature = MAKE_SQLSTATE('K', 'C', '4', '0', '2');
inline constexpr int kNoSecret = MAKE_SQLSTATE('K', 'C', '4', '0', '3');
inline constexpr int kUnknownAccount = MAKE_SQLSTATE('K', 'C', '4', '0', '4');
inline constexpr int kNotInLog = MAKE_SQLSTATE('K', 'C', '4', '0', '5');
inline constexpr int kIncompleteLog = MAKE_SQLSTATE('K', 'C', '4', '1', '0');
inline constexpr int kDisabledAccount = MAKE_SQLSTATE('K', 'C', '4', '2', '3');
inline constexpr int kBodyTooLarge = MAKE_SQLSTATE('K', 'C', '4', '1', '3');
inline constexpr int kNotSetUp = MAKE_SQLSTATE('K', 'C', '5', '0', '3');

}  // namespace calcom::pg
