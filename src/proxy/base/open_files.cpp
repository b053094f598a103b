// The inherited limit is raised if necessary and never lowered.
#include "proxy/base/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace calcom::proxy {

std::size_t limit_of_open_files(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return wanted;
  rlimit raised = limit;
  raised.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace calcom::proxy
