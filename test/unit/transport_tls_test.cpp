// A server whose certificate nobody vouches for gets no request: the API key would be in it. The server is
// the openssl program, with a certificate made for the occasion.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "net/transport.hpp"

namespace calcom::net {
namespace {

class TlsServer {
 public:
  TlsServer() {
    std::string pattern = (std::filesystem::temp_directory_path() / "calcom-tls-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return;
    directory_ = pattern;
    const std::string key = directory_ + "/key.pem", certificate = directory_ + "/cert.pem";
    const pid_t maker =
        spawn({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
               "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
               "-keyout", key, "-out", certificate},
              STDERR_FILENO);
    int status = -1;
    if (maker <= 0 || waitpid(maker, &status, 0) != maker || status != 0) return;
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) return;
    pid_ = spawn({"openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key", key},
                 pipe_ends[1]);
    close(pipe_ends[1]);
    port_ = read_port(pipe_ends[0]);
    output_ = pipe_ends[0];
  }

  ~TlsServer() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    if (output_ >= 0) close(output_);
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  const std::string& port() const { return port_; }  // empty: did not start

 private:
  static pid_t spawn(const std::vector<std::string>& words, int output) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    pid_t pid = -1;
    if (posix_spawnp(&pid, "openssl", &actions, nullptr, arguments.data(), environ) != 0) pid = -1;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
  }

  // It says "ACCEPT 127.0.0.1:PORT" once it listens.
  static std::string read_port(int descriptor) {
    constexpr std::string_view kBefore = "ACCEPT 127.0.0.1:";
    std::string said;
    char chunk[256];
    for (;;) {
      const std::size_t at = said.find(kBefore);
      const std::size_t end = at == std::string::npos ? at : said.find('\n', at);
      if (end != std::string::npos) return said.substr(at + kBefore.size(), end - at - kBefore.size());
      const ssize_t got = read(descriptor, chunk, sizeof chunk);
      if (got <= 0) return {};
      said.append(chunk, static_cast<std::size_t>(got));
    }
  }

  std::string directory_, port_;
  pid_t pid_ = -1;
  int output_ = -1;
};

TEST(TransportTls, AnUntrustedCertificateGetsNoRequest) {
  const TlsServer server;
  ASSERT_FALSE(server.port().empty()) << "the openssl program is needed for this test";
  Transport transport({}, "calcom-test/1.0");
  ASSERT_TRUE(transport.start({.tag = 7,
                               .url = "https://localhost:" + server.port() + "/emails",
                               .headers = {{"Authorization", "Bearer re_test"}},
                               .body = "{}"}));
  std::vector<Result> results;
  while (results.empty()) {
    pollfd ready{.fd = transport.descriptor(), .events = POLLIN, .revents = 0};
    poll(&ready, 1, static_cast<int>(transport.timeout_ms()));
    results = transport.step();
  }
  const Answer& answer = results.front().answer;
  EXPECT_FALSE(answer.has_response);
  EXPECT_FALSE(answer.request_written);
  EXPECT_NE(answer.transport_error.find("certificate"), std::string::npos) << answer.transport_error;
}

}  // namespace
}  // namespace calcom::net
