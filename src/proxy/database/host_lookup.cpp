// A thread for each name in question, not asio's resolver: that has one for all, and waits for it at the end
// of the program. One that hangs holds nobody here.
#include "proxy/database/host_lookup.hpp"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <iterator>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace calcom::proxy {
namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

std::string value_of(const Options& options, std::string_view keyword) {
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (keyword == option->keyword) return option->val == nullptr ? "" : option->val;
  }
  return "";
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto end = list.find(',');
    parts.emplace_back(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return parts;
}

// A Unix socket's directory, an address, or nothing, which libpq takes for its default.
bool needs_no_lookup(const std::string& name) {
  unsigned char ignored[sizeof(in6_addr)];
  return name.empty() || name.front() == '/' || name.front() == '@' ||
         inet_pton(AF_INET, name.c_str(), ignored) == 1 || name.find(':') != std::string::npos;
}

std::vector<std::string> look_up(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  std::vector<std::string> addresses;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return addresses;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, &freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    char text[NI_MAXHOST];
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
      addresses.emplace_back(text);
  }
  return addresses;
}

void append(std::string& list, const std::string& entry, bool first) {
  if (!first) list += ',';
  list += entry;
}

}  // namespace

std::optional<Hosts> hosts_to_look_up(const std::string& conninfo) {
  const bool is_string = conninfo.find('=') != std::string::npos || conninfo.find("://") != std::string::npos;
  const Options said(is_string ? PQconninfoParse(conninfo.c_str(), nullptr) : nullptr, &PQconninfoFree);
  const Options inherited(PQconndefaults(), &PQconninfoFree);
  const auto effective = [&](std::string_view keyword) {
    const std::string own = value_of(said, keyword);
    return own.empty() ? value_of(inherited, keyword) : own;
  };
  Hosts hosts{split(effective("host")), split(effective("port"))};
  const bool is_sound = hosts.ports.size() <= 1 || hosts.ports.size() == hosts.names.size();
  if (!is_sound || !effective("hostaddr").empty() || !value_of(said, "service").empty()) return std::nullopt;
  if (std::all_of(hosts.names.begin(), hosts.names.end(), needs_no_lookup)) return std::nullopt;
  return hosts;
}

std::set<std::string> names_of(const Hosts& hosts) {
  std::set<std::string> names;
  std::remove_copy_if(hosts.names.begin(), hosts.names.end(), std::inserter(names, names.end()),
                      needs_no_lookup);
  return names;
}

HostParameters with_addresses(const Hosts& hosts, const Addresses& addresses) {
  HostParameters parameters;
  bool first = true;
  for (std::size_t i = 0; i < hosts.names.size(); ++i) {
    const std::string& name = hosts.names[i];
    const auto found = addresses.find(name);
    const std::vector<std::string> itself{""};
    for (const std::string& address : found == addresses.end() ? itself : found->second) {
      append(parameters.host, name, first);
      append(parameters.hostaddr, address, first);
      append(parameters.port, hosts.ports.empty() ? "" : hosts.ports[hosts.ports.size() == 1 ? 0 : i], first);
      first = false;
    }
  }
  return parameters;
}

struct HostLookup::Desk {
  std::mutex mutex;
  const HostLookup* lookup = nullptr;  // nullptr: nobody waits any more
};

HostLookup::HostLookup(boost::asio::io_context& io) : io_(io), desk_(std::make_shared<Desk>()) {
  desk_->lookup = this;
}

HostLookup::~HostLookup() {
  const std::lock_guard<std::mutex> guard(desk_->mutex);
  desk_->lookup = nullptr;
}

void HostLookup::find(const std::string& name, Done done) {
  auto& waiting = asked_[name];
  waiting.push_back(std::move(done));
  if (waiting.size() > 1) return;
  const auto hand_over = [this, name](const std::vector<std::string>& addresses) {
    boost::asio::post(io_, [this, name, addresses] { answer(name, addresses); });
  };
  try {
    std::thread([name, hand_over, desk = desk_] {
      const std::vector<std::string> addresses = look_up(name);
      const std::lock_guard<std::mutex> guard(desk->mutex);
      if (desk->lookup != nullptr) hand_over(addresses);
    }).detach();
  } catch (const std::system_error&) {  // no thread to be had
    hand_over({});
  }
}

void HostLookup::answer(const std::string& name, const std::vector<std::string>& addresses) {
  for (const Done& done : std::exchange(asked_[name], {})) done(addresses);
}

}  // namespace calcom::proxy
