// _PG_init: defines the settings and, if preloaded, registers hooks, shared memory and the launcher. Never raises, starts
// no thread, initialises no other library.
#include "pg/settings.hpp"
#include "shmem/shared_state.hpp"
#include "worker/hooks.hpp"
#include "worker/launcher.hpp"

extern "C" {
CALCOM_EXPORT const Pg_magic_struct* PG_MAGIC_FUNCTION_NAME(void);
CALCOM_EXPORT void _PG_init(void);
}

const Pg_magic_struct* PG_MAGIC_FUNCTION_NAME(void) {
  static const Pg_magic_struct magic = PG_MODULE_MAGIC_DATA;
  return &magic;
}

namespace {

// Not preloaded: no shared memory can be reserved. pg_upgrade: no worker may connect.
void register_at_load() {
  if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade) return;
  calcom::shmem::reserve_memory();
  calcom::worker::install_utility_hook();
  calcom::worker::register_launcher();
}

}  // namespace

void _PG_init(void) {
  calcom::pg::define_settings();
  register_at_load();
}
