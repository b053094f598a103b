#include "store/environment.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "core/webhook/signature.hpp"
#include "pg/row.hpp"
#include "pg/settings.hpp"

extern "C" {
#include "access/xlog.h"
}

namespace calcom::store {

namespace {

constexpr char kMachineId[] = "/etc/machine-id";
constexpr std::size_t kNodeDigits = 32;  // of the sha256: the identity itself is not shown

// Resolved, because the server may have been started with another name of it.
std::string data_directory() {
  char resolved[PATH_MAX];
  return realpath(DataDir, resolved) != nullptr ? resolved : DataDir;
}

void read_node(Environment& here) {
  const char* configured = settings().node_identity_file;
  const char* path = configured != nullptr && *configured != '\0' ? configured : kMachineId;
  char content[4096];
  ssize_t length = -1;
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd >= 0) {
    do {
      length = read(fd, content, sizeof content);
    } while (length < 0 && errno == EINTR);
    close(fd);
  }
  std::string_view identity(content, length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!identity.empty() && (identity.back() == '\n' || identity.back() == ' ')) identity.remove_suffix(1);
  if (length < 0) {
    here.node_problem = std::string("could not read ") + path;
  } else if (identity.empty() || identity == "uninitialized") {
    here.node_problem = std::string(path) + " identifies no machine";
  } else {
    // A copy that runs beside the original on the same machine has another data directory, if nothing else
    // (docs/decisions/0006).
    const std::string place = std::string(identity) + '\n' + data_directory();
    static constexpr char kHex[] = "0123456789abcdef";
    for (const unsigned char byte : sha256(place)) {
      here.node += kHex[byte >> 4];
      here.node += kHex[byte & 15];
    }
    here.node.resize(kNodeDigits);
  }
}

struct Mismatch {
  int count = 0;
  std::string words;
  void add(const char* what) {
    words += (count++ == 0 ? "" : " and ");
    words += what;
  }
};

}  // namespace

Environment environment() {
  Environment here;
  here.system_identifier = std::to_string(call([] { return GetSystemIdentifier(); }));
  here.database = MyDatabaseId;
  read_node(here);
  return here;
}

std::string why_not_armed(Spi& spi, std::string_view account, const Environment& here) {
  static constinit Statement statement{R"sql(
    select system_identifier = $2, database_oid = $3, node = $4
    from @extschema@.calcom_environments
    where account = $1)sql"};
  if (!here.node_problem.empty()) return "not armed: " + here.node_problem;
  const Rows rows = spi.run(statement, Params()
                                           .text(account)
                                           .text(here.system_identifier)
                                           .add(OIDOID, ObjectIdGetDatum(here.database))
                                           .text(here.node));
  if (rows.empty()) return "not armed: calcom_go_live() was not called here";
  std::optional<Mismatch> least;
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    Mismatch difference;
    if (!rows.boolean(row, 1)) difference.add("the system identifier");
    if (!rows.boolean(row, 2)) difference.add("the database");
    if (!rows.boolean(row, 3)) difference.add("the node (machine and data directory)");
    if (difference.count == 0) return {};
    if (!least || difference.count < least->count) least = difference;
  }
  return "not armed: " + least->words + " is not the one that went live";
}

}  // namespace calcom::store

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;

CALCOM_FUNCTION(calcom_this_environment) {
  return entry([&] {
    const Environment here = environment();
    return make_row<4>(fcinfo, {text_cell(here.system_identifier), ObjectIdGetDatum(here.database),
                                text_cell(here.node), text_cell(here.node_problem)});
  });
}

CALCOM_FUNCTION(calcom_why_not_armed) {
  return nullable_entry(fcinfo, [&] {
    const std::string account = Arguments(fcinfo).required_text(0, "account");
    std::string reason;
    {  // SPI_finish frees what was allocated while SPI was connected: the result is made afterwards
      Spi spi(data_schema());
      reason = why_not_armed(spi, account, environment());
    }
    return text_cell(reason);
  });
}
