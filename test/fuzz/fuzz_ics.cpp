// A calendar file comes from Cal.com with words of strangers in it: whatever is passed on is lines that every
// reader sees alike, names nobody but the recipient and the host, and comes out of a second pass as it is.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/text.hpp"
#include "core/mail/ics_forward.hpp"
#include "require.hpp"

namespace {

using namespace calcom;

// The seed in run.sh fits it, so that mutations of it get far.
ForwardTruth truth_of(IcsMethod method) {
  ForwardTruth truth;
  truth.method = method;
  truth.uid = "abc@google.com";
  truth.start = 1'795'590'000 * kSecond;  // 2026-11-25 07:00 UTC
  truth.end = truth.start + 30 * kMinute;
  truth.recipient = "ana@example.com";
  truth.organizer = "zoe@studio.example";
  truth.strangers = {"bob@example.com"};
  return truth;
}

void look_at_line(const std::string& line) {
  const std::string lower = lower_ascii(line);
  REQUIRE(lower.find("bob@example.com") == std::string::npos);
  if (!lower.starts_with("attendee:") && !lower.starts_with("attendee;")) return;
  REQUIRE(lower.find("ana@example.com") != std::string::npos ||
          lower.find("zoe@studio.example") != std::string::npos);
}

// Independent of how the core reads: CR LF ends a line, and nothing else may look like an end.
void look_at(const std::string& text) {
  std::string unfolded;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    REQUIRE(end != std::string::npos && end - at <= 75);
    const std::string line = text.substr(at, end - at);
    REQUIRE(line.find_first_of(std::string_view("\r\n\0\x0B\x0C", 5)) == std::string::npos);
    const bool continues = line.starts_with(' ');
    if (!continues && at != 0) look_at_line(unfolded);
    unfolded = continues ? unfolded + line.substr(1) : line;
    at = end + 2;
  }
  look_at_line(unfolded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  for (const IcsMethod method : {IcsMethod::kRequest, IcsMethod::kCancel}) {
    const auto judged = forward_ics(file, truth_of(method));
    const auto* good = std::get_if<ForwardFile>(&judged);
    if (good == nullptr) {
      REQUIRE(!std::get<NotForwarded>(judged).reason.empty());
      continue;
    }
    REQUIRE(good->sequence >= 0);
    look_at(good->text);
    const auto again = forward_ics(good->text, truth_of(method));
    const auto* same = std::get_if<ForwardFile>(&again);
    REQUIRE(same != nullptr && same->text == good->text && same->sequence == good->sequence);
  }
  return 0;
}
