// The few JSON strings that the proxy writes (answers of a fixed shape, log lines) need escaping and no
// document: one function instead of a JSON library in the only program that faces the network.
#pragma once

#include <string>
#include <string_view>

namespace calcom::proxy {

// text as a JSON string with its quotes. Control characters are escaped; bytes outside ASCII become '?',
// since nothing the proxy writes has a use for them and log readers trip over broken UTF-8.
std::string quoted(std::string_view text);

}  // namespace calcom::proxy
