// What the server calls when it loads the library. Never raises, starts no thread, initialises no library.
#include "pg/settings.hpp"
#include "worker/shared.hpp"

extern "C" {
CALCOM_EXPORT const Pg_magic_struct* PG_MAGIC_FUNCTION_NAME(void);
CALCOM_EXPORT void _PG_init(void);
}

const Pg_magic_struct* PG_MAGIC_FUNCTION_NAME(void) {
  static const Pg_magic_struct magic = PG_MODULE_MAGIC_DATA;
  return &magic;
}

void _PG_init(void) {
  calcom::pg::define_settings();
  calcom::worker::register_at_load();
}
