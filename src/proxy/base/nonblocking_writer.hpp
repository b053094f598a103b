// Writes log lines without blocking. Lines that the reader does not take are queued; when the queue is full,
// lines are dropped and counted.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace calcom::proxy {

class NonblockingWriter {
 public:
  // Returns the line that reports how many lines were dropped.
  using Loss = std::function<std::string(std::size_t lines)>;

  NonblockingWriter(int descriptor, Loss loss) : descriptor_(descriptor), loss_(std::move(loss)) {}

  // Never blocks. After a loss all further lines are dropped until the queue is empty, so there is one gap and
  // its report is in the right place.
  void put(std::string_view line);
  // Writes as much of the queue as possible without blocking; false if some is left.
  bool flush();
  // The same, but waits for the reader, at most this long.
  void finish(std::chrono::milliseconds patience);

 private:
  bool takes_more(std::chrono::milliseconds patience) const;
  bool write_piece();  // false: no progress is possible now

  int descriptor_;
  Loss loss_;
  std::string queued_;
  std::size_t lost_ = 0;
  std::size_t reported_ = 0;  // dropped lines that the first queued line reports, if it is a report
};

}  // namespace calcom::proxy
