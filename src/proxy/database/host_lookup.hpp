// Looks up names of database hosts beside the event loop. libpq would do it in the middle of a step, and
// while a name server does not answer nobody would be served.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace calcom::proxy {

// Hosts in the order in which they are tried, as libpq takes them: lists separated by commas.
struct Hosts {
  std::vector<std::string> names;
  std::vector<std::string> ports;  // one for each, or one for all, or none: the default
};

// Names that libpq would look up for this connection string and environment; nullopt: none is such, or what
// is said is for libpq itself to judge (hostaddr, a service).
std::optional<Hosts> hosts_to_look_up(const std::string& conninfo);

// What takes the place of host, hostaddr and port, with an entry for each address of each host. A host that
// was not found has none; empty, if that is so of all.
struct HostParameters {
  std::string host, hostaddr, port;
};
using Addresses = std::map<std::string, std::vector<std::string>>;
HostParameters with_addresses(const Hosts& hosts, const Addresses& addresses);

// A name is looked up once, however many ask for it meanwhile.
class HostLookup {
 public:
  using Done = std::function<void(const std::vector<std::string>& addresses)>;

  explicit HostLookup(boost::asio::io_context& io);
  ~HostLookup();
  HostLookup(const HostLookup&) = delete;
  HostLookup& operator=(const HostLookup&) = delete;

  // done is called from the loop, once, never from within find; empty: nothing was found.
  void find(const std::string& name, Done done);

 private:
  struct Desk;

  void answer(const std::string& name, const std::vector<std::string>& addresses);

  boost::asio::io_context& io_;
  std::shared_ptr<Desk> desk_;  // outlives us where a lookup does not end
  std::map<std::string, std::vector<Done>> asked_;
};

// Of those to be looked up.
std::set<std::string> names_of(const Hosts& hosts);

}  // namespace calcom::proxy
