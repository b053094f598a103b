// Where lines of the log go out. Whoever reads them may stand still; what writes them must not. So a line
// that would have to wait is held, and when that becomes too much, lines are lost and counted instead.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace calcom::proxy {

class Outlet {
 public:
  // The line that tells how many were lost.
  using Loss = std::function<std::string(std::size_t lines)>;

  Outlet(int descriptor, Loss loss) : descriptor_(descriptor), loss_(std::move(loss)) {}

  // Never waits. After a loss lines are taken again once all that is held has gone out, so that the gap is
  // one and the line that tells of it stands where it is.
  void put(std::string_view line);
  // Writes of what is held as much as goes without waiting; false when some is left.
  bool flush();
  // The same, but waits for the reader that long.
  void finish(std::chrono::milliseconds patience);

 private:
  bool takes_more(std::chrono::milliseconds patience) const;
  bool write_piece();  // false: it goes no further now

  int descriptor_;
  Loss loss_;
  std::string held_;
  std::size_t lost_ = 0;
  std::size_t told_ = 0;  // lost ones that the first line held tells of, if it does
};

}  // namespace calcom::proxy
