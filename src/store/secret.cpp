#include "store/secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "pg/settings.hpp"

namespace calcom::store {

namespace {

constexpr std::string_view kFilePrefix = "file:";
constexpr std::size_t kMaxSecretBytes = 4096;

[[noreturn]] void refuse(const char* detail) {
  throw SqlError{ERRCODE_CONFIG_FILE_ERROR, "could not read a secret from its file", detail,
                 "The value file:NAME is read from calcom.secret_directory, which only a superuser can set."};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

const char* why_not_opened(int error) {
  if (error == ENOENT) return "There is no such file.";
  if (error == ELOOP) return "The file is a symbolic link.";
  return "The file cannot be opened.";
}

std::string read_all(int fd) {
  std::string content(kMaxSecretBytes + 1, '\0');
  std::size_t length = 0;
  while (length < content.size()) {
    const ssize_t got = read(fd, content.data() + length, content.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse("The file cannot be read.");
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  if (length > kMaxSecretBytes) refuse("The file is larger than 4096 bytes.");
  content.resize(length);
  return content;
}

// INVARIANT: NAME has no '/', and the file is not opened if it is a symbolic link, so no file outside the directory can
// be read.
std::string from_file(std::string_view name) {
  const char* directory = settings().secret_directory;
  if (directory == nullptr || *directory == '\0') refuse("calcom.secret_directory is not set.");
  if (name.empty() || name.find('/') != std::string_view::npos)
    refuse("The name is empty or contains a slash.");
  const std::string path = std::string(directory) + "/" + std::string(name);
  // O_NONBLOCK: opening a FIFO must not hang; it is refused as not regular.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) refuse(why_not_opened(errno));
  struct stat info;
  if (fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) refuse("It is not a regular file.");
  std::string content = read_all(file.get());
  if (!content.empty() && content.back() == '\n') content.pop_back();
  if (!content.empty() && content.back() == '\r') content.pop_back();
  if (content.empty()) refuse("The file is empty.");
  const auto odd = [](unsigned char c) { return c <= 0x20 || c == 0x7F; };
  if (std::any_of(content.begin(), content.end(), odd))
    refuse("The file holds blanks or control characters.");
  return content;
}

std::string resolve(std::string value) {
  if (!value.starts_with(kFilePrefix)) return value;
  return from_file(std::string_view(value).substr(kFilePrefix.size()));
}

}  // namespace

std::vector<std::string> secrets(Spi& spi, std::string_view account, std::string_view kind) {
  static constinit Statement statement{R"sql(
    select value, case when previous_until > pg_catalog.clock_timestamp() then previous end
    from @extschema@.calcom_secrets
    where account = $1 and kind = $2)sql"};
  std::vector<std::string> found;
  const Rows rows = spi.run(statement, Params().text(account).text(kind));
  if (rows.empty()) return found;
  found.push_back(resolve(rows.text(0, 1)));
  if (!rows.is_null(0, 2)) found.push_back(resolve(rows.text(0, 2)));
  return found;
}

}  // namespace calcom::store
