// The slow path of json_read: what simdjson refuses becomes JSON that it takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace calcom {

// One pass, no recursion, linear. Of JSON text it changes only: a byte order mark (gone), bytes that are not
// UTF-8 and U+0000 (U+FFFD), escapes of half a surrogate pair (U+FFFD), numbers outside of int64, uint64 and
// double (their digits as text, at most 100), and what is nested deeper than `max_depth` (null). What is not
// JSON stays so: the parser judges.
std::string repair_json(std::string_view bytes, std::size_t max_depth);

}  // namespace calcom
