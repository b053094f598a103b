// Commands that concern the worker: those that need a database for themselves ask its worker to leave first,
// those that change what the launcher knows tell it.
#pragma once

namespace calcom::worker {

void install_utility_hook();

}  // namespace calcom::worker
