// Which names of a connection string are looked up, and what libpq gets instead.
#include "proxy/database/host_lookup.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace calcom::proxy {
namespace {

class HostLookupTest : public testing::Test {
 protected:
  HostLookupTest() {
    for (const char* name : {"PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE"}) unsetenv(name);
  }
  ~HostLookupTest() override { unsetenv("PGHOST"); }
};

std::string resolved(const std::string& conninfo, const Addresses& addresses) {
  const auto hosts = hosts_to_look_up(conninfo);
  if (!hosts) return "as it is";
  const HostParameters parameters = with_addresses(*hosts, addresses);
  return parameters.host + " | " + parameters.hostaddr + " | " + parameters.port;
}

TEST_F(HostLookupTest, NamesOnly) {
  for (const char* conninfo :
       {"", "app", "host=/run/postgresql", "host=@abstract", "host=127.0.0.1 port=1", "host=::1",
        "postgresql://[::1]:5432/app", "host=db hostaddr=127.0.0.1", "service=app host=db",
        "host=a,b port=1,2,3", "host=", "postgresql:///app?host=/run"}) {
    EXPECT_FALSE(hosts_to_look_up(conninfo)) << conninfo;
  }
  EXPECT_EQ(names_of(*hosts_to_look_up("host=db,/run,127.0.0.1,db,other")),
            (std::set<std::string>{"db", "other"}));
}

TEST_F(HostLookupTest, EachAddressOfEachHostInItsPlace) {
  const Addresses addresses{{"db", {"10.0.0.1", "fd00::1"}}, {"other", {"10.0.0.2"}}, {"gone", {}}};
  EXPECT_EQ(resolved("postgresql://u@db/app", addresses), "db,db | 10.0.0.1,fd00::1 | 5432,5432");
  EXPECT_EQ(resolved("host=db port=1", addresses), "db,db | 10.0.0.1,fd00::1 | 1,1");
  EXPECT_EQ(resolved("host=other,/run,db port=1,2,3", addresses),
            "other,/run,db,db | 10.0.0.2,,10.0.0.1,fd00::1 | 1,2,3,3");
  EXPECT_EQ(resolved("host=gone,other port=1,2", addresses), "other | 10.0.0.2 | 2");
  EXPECT_EQ(resolved("host=gone", addresses), " |  | ");
}

TEST_F(HostLookupTest, TheEnvironmentStandsInForWhatIsNotSaid) {
  setenv("PGHOST", "db", 1);
  EXPECT_EQ(resolved("dbname=app", {{"db", {"10.0.0.1"}}}), "db | 10.0.0.1 | 5432");
  EXPECT_EQ(resolved("host=/run", {}), "as it is");
}

}  // namespace
}  // namespace calcom::proxy
