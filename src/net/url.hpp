// Where a request with an API key in it may go.
#pragma once

#include <cstdint>
#include <string>

namespace calcom::net {

enum class Destination : std::uint8_t {
  kRefused,       // neither of the two, unreadable, or with credentials in it
  kHttps,         // anywhere
  kLoopbackHttp,  // clear text that does not leave this machine: tests
};

Destination destination(const std::string& url);

}  // namespace calcom::net
