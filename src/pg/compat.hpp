// Every difference between PostgreSQL majors, with the first version that has the new form. Supported: 15 and
// later.
#pragma once

#if PG_VERSION_NUM < 150000
#error "calcom needs PostgreSQL 15 or later"
#endif

extern "C" {
#if PG_VERSION_NUM >= 160000
#include "varatt.h"  // 16 split it out of postgres.h
#endif
}

#if PG_VERSION_NUM >= 160000
#define init_materialized_srf(fcinfo) InitMaterializedSRF(fcinfo, 0)
#else  // 15 has it under the name that 16 took back
#define init_materialized_srf(fcinfo) SetSingleFuncCall(fcinfo, 0)
#endif

// Before 16 PGDLLEXPORT is empty on Linux while we compile with hidden visibility, so entry points are marked
// here.
#define CALCOM_EXPORT __attribute__((visibility("default")))

// What owns a wait set that lives as long as the process: from 17 on a resource owner, before a memory
// context.
#if PG_VERSION_NUM >= 170000
#define CALCOM_WAIT_SET_OWNER nullptr
#else
#define CALCOM_WAIT_SET_OWNER TopMemoryContext
#endif

// An SQL-callable function: exported, C linkage, with its info record.
#define CALCOM_FUNCTION(name)                                            \
  extern "C" {                                                           \
  CALCOM_EXPORT Datum name(PG_FUNCTION_ARGS);                            \
  CALCOM_EXPORT const Pg_finfo_record* CppConcat(pg_finfo_, name)(void); \
  const Pg_finfo_record* CppConcat(pg_finfo_, name)(void) {              \
    static const Pg_finfo_record record = {1};                           \
    return &record;                                                      \
  }                                                                      \
  }                                                                      \
  Datum name(PG_FUNCTION_ARGS)
