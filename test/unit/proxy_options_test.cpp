// Flags, their environment variables, and that neither arguments nor messages hold secrets.
#include "proxy/base/options.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace calcom::proxy {
namespace {

using Variables = std::map<std::string, std::string>;

// Reads options with these variables only, whatever the environment of the test holds.
Invocation read(const std::vector<const char*>& arguments, const Variables& variables = {}) {
  for (const char* name : {"DATABASE_URL", "ADMIN_DATABASE_URL", "CALCOM_PROXY_POOL", "CALCOM_PROXY_QUEUE",
                           "CALCOM_PROXY_ADMIN_TOKEN_FILE", "CALCOM_PROXY_LISTEN"})
    unsetenv(name);
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  return read_options(arguments);
}

TEST(Options, LoopbackByDefault) {
  const Invocation invocation = read({});
  EXPECT_EQ(invocation.kind, Invocation::Kind::kRun);
  EXPECT_EQ(invocation.options.address, "127.0.0.1");
  EXPECT_EQ(invocation.options.port, 8080);
  EXPECT_EQ(invocation.options.max_body, 1048576U);
}

TEST(Options, FlagsWinOverEnvironment) {
  const Variables variables{
      {"CALCOM_PROXY_POOL", "7"}, {"CALCOM_PROXY_QUEUE", "9"}, {"DATABASE_URL", "dbname=a"}};
  const Options options = read({"--pool", "2", "--database=dbname=b"}, variables).options;
  EXPECT_EQ(options.pool, 2U);
  EXPECT_EQ(options.queue, 9U);
  EXPECT_EQ(options.database, "dbname=b");
}

TEST(Options, EmptyVariablesAreUnset) {
  EXPECT_EQ(read({}, {{"CALCOM_PROXY_POOL", ""}}).options.pool, 4U);
}

TEST(Options, Listen) {
  EXPECT_EQ(read({"--listen", "[::1]:0"}).options.address, "::1");
  EXPECT_EQ(read({"--listen", "localhost:65535"}).options.port, 65535);
  for (const char* wrong :
       {"8080", ":8080", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:8080x"}) {
    EXPECT_EQ(read({"--listen", wrong}).kind, Invocation::Kind::kMistake) << wrong;
  }
}

TEST(Options, SecondsMayBeFractions) {
  EXPECT_EQ(read({"--header-timeout", "0.25"}).options.header_timeout, Milliseconds(250));
  for (const char* wrong : {"", "0", "-1", "nan", "inf", "1e9", "3601", "5s"}) {
    EXPECT_EQ(read({"--header-timeout", wrong}).kind, Invocation::Kind::kMistake) << wrong;
  }
}

TEST(Options, FrameAncestorsCannotEndTheirDirective) {
  EXPECT_EQ(read({}).options.book_frame_ancestors, "'none'");
  EXPECT_EQ(read({"--book-frame-ancestors", "self"}).options.book_frame_ancestors, "'self'");
  const char* two = "https://a.example https://*.b.example:8443";
  EXPECT_EQ(read({"--book-frame-ancestors", two}).options.book_frame_ancestors, two);
  for (const char* wrong :
       {"", "*", "a.example", "https://", "https://a.example; script-src *", "https://a/b",
        "https://a.example, https://b.example", "https://a\r\nX: y", "data:", "'self'"}) {
    EXPECT_EQ(read({"--book-frame-ancestors", wrong}).kind, Invocation::Kind::kMistake) << wrong;
  }
}

TEST(Options, MistakesNameTheFlagAndNeverAValue) {
  EXPECT_EQ(read({"--pool", "0"}).mistake, "--pool expects a number from 1 to 64");
  EXPECT_EQ(read({"--pool"}).mistake, "--pool expects a number from 1 to 64");
  EXPECT_EQ(read({"--pol=secret"}).mistake, "unknown flag --pol, see --help");
  EXPECT_EQ(read({"postgres://u:secret@h/d"}).mistake, "unexpected argument, see --help");
}

TEST(Options, AMistakeInAVariableNamesTheVariable) {
  EXPECT_EQ(read({}, {{"CALCOM_PROXY_POOL", "SECRET"}}).mistake,
            "CALCOM_PROXY_POOL expects a number from 1 to 64");
  EXPECT_EQ(read({}, {{"DATABASE_URL", "host=h SECRET"}}).mistake,
            "DATABASE_URL is not a connection string that libpq understands");
}

TEST(Options, NoMistakeRepeatsAnArgument) {
  const std::vector<std::vector<const char*>> mistakes = {{"--databse=postgres://u:SECRET@h"},
                                                          {"--databse", "postgres://u:SECRET@h"},
                                                          {"--port=SECRET"},
                                                          {"postgres://u:SECRET@h"},
                                                          {"--postgres://u:SECRET@h"},
                                                          {"-SECRET"},
                                                          {"--pool=SECRET"},
                                                          {"--pool", "SECRET"},
                                                          {"admin-link", "SECRET"},
                                                          {"--database", "host=h SECRET"},
                                                          {"--", "SECRET"},
                                                          {"--pool", "2", "SECRET"},
                                                          {"--=SECRET"},
                                                          {"--help=SECRET"},
                                                          {"--version=SECRET"}};
  for (const auto& arguments : mistakes) {
    const Invocation invocation = read(arguments);
    EXPECT_EQ(invocation.kind, Invocation::Kind::kMistake) << arguments.front();
    EXPECT_EQ(invocation.mistake.find("SECRET"), std::string::npos) << invocation.mistake;
    EXPECT_NE(invocation.mistake, "") << arguments.front();
  }
  EXPECT_EQ(read(mistakes.front()).mistake, "unknown flag --databse, see --help");
  EXPECT_EQ(read({"--port=SECRET"}).mistake, "unknown flag --port, see --help");
}

TEST(Options, TheLastOfARepeatedFlagCounts) {
  EXPECT_EQ(read({"--pool", "2", "--pool=3"}).options.pool, 3U);
}

TEST(Options, PasswordsOnlyFromTheEnvironment) {
  const char* with_password[] = {"postgres://u:secret@h/d", "password=secret", "host=h sslpassword=secret"};
  for (const char* conninfo : with_password) {
    const Invocation flagged = read({"--database", conninfo});
    EXPECT_EQ(flagged.kind, Invocation::Kind::kMistake) << conninfo;
    EXPECT_EQ(flagged.mistake.find("secret"), std::string::npos);
    EXPECT_EQ(read({}, {{"DATABASE_URL", conninfo}}).kind, Invocation::Kind::kRun) << conninfo;
  }
  EXPECT_EQ(read({"--database", "calcom"}).kind, Invocation::Kind::kRun);
  EXPECT_EQ(read({"--database", "host=h nonsense"}).kind, Invocation::Kind::kMistake);
}

TEST(Options, TheOperatorPageNeedsALoginOfItsOwn) {
  EXPECT_TRUE(read({}).options.admin_token_file.empty());
  EXPECT_NE(read({"--admin-token-file", "f"}).mistake.find("--admin-database"), std::string::npos);
  const Invocation both =
      read({"--admin-token-file", "f"}, {{"ADMIN_DATABASE_URL", "postgres://u:secret@h/d"}});
  EXPECT_EQ(both.kind, Invocation::Kind::kRun);
  EXPECT_EQ(both.options.admin_idle, Milliseconds(1800000));
  const Invocation flagged = read({"--admin-token-file", "f", "--admin-database", "postgres://u:secret@h/d"});
  EXPECT_EQ(flagged.kind, Invocation::Kind::kMistake);
  EXPECT_EQ(flagged.mistake.find("secret"), std::string::npos);
  EXPECT_EQ(read({}, {{"ADMIN_DATABASE_URL", "host=h nonsense"}}).kind, Invocation::Kind::kMistake);
  EXPECT_EQ(read({"--admin-host", "ops.example.com"}).options.admin_host, "ops.example.com");
  for (const char* wrong : {"", "a:80", "https://a", "a/b", "*"})
    EXPECT_EQ(read({"--admin-host", wrong}).kind, Invocation::Kind::kMistake) << wrong;
}

TEST(Options, AdminLink) {
  const Invocation link =
      read({"admin-link", "--admin-token-file", "f", "--url", "https://ops.example.com/"});
  EXPECT_EQ(link.kind, Invocation::Kind::kAdminLink);
  EXPECT_EQ(link.options.url, "https://ops.example.com");
  EXPECT_EQ(read({"admin-link"}).mistake, "admin-link needs --admin-token-file");
  EXPECT_EQ(read({"admin-link", "--admin-token-file", "f", "--url", "ops"}).kind, Invocation::Kind::kMistake);
  EXPECT_EQ(read({"--pool", "2", "admin-link"}).kind, Invocation::Kind::kMistake);
  EXPECT_EQ(read({"admin-link", "--help"}).kind, Invocation::Kind::kHelp);
}

TEST(Options, TheDocumentShowsTheHelp) {
  std::ifstream file(std::string(CALCOM_FIXTURES) + "/../../docs/proxy.md");
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(document.find("```text\n" + help_text() + "```\n"), std::string::npos)
      << "docs/proxy.md must contain the output of calcom-proxy --help, which is:\n"
      << help_text();
}

TEST(Options, HelpNamesEveryVariable) {
  EXPECT_EQ(read({"--pool", "0", "--help"}).kind, Invocation::Kind::kHelp);
  EXPECT_NE(help_text().find("--max-body BYTES  (CALCOM_PROXY_MAX_BODY)"), std::string::npos);
}

}  // namespace
}  // namespace calcom::proxy
