// The ProcessUtility hook. Before DROP DATABASE and similar commands it asks the database's worker to leave. After
// commands that change what the worker or the launcher knows, it wakes them.
#pragma once

namespace calcom::worker {

void install_utility_hook();

}  // namespace calcom::worker
