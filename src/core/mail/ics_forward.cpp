// See ics_forward.hpp. The file is written anew from the lines that were judged: nothing in it can end a line
// where we see none.
#include "core/mail/ics_forward.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/mail/ics_lines.hpp"
#include "core/mail/ics_read.hpp"

namespace calcom {

namespace {

bool same_word(std::string_view a, std::string_view b) {
  return lower_ascii(a) == lower_ascii(b);
}

std::string_view why_not_this_event(const IcsContents& found, const ForwardTruth& truth) {
  const bool cancels = truth.method == IcsMethod::kCancel;
  if (!same_word(found.method, ics_method_name(truth.method))) return "another method";
  const bool fits = cancels ? same_word(found.status, "CANCELLED")
                            : found.status.empty() || same_word(found.status, "CONFIRMED");
  if (!fits) return "another status";
  if (found.uid != truth.uid) return "another UID";
  if (found.start != truth.start) return "another start";
  if (truth.end && found.end && *truth.end != *found.end) return "another end";
  return {};
}

std::string_view why_not_these_people(const IcsContents& found, const ForwardTruth& truth) {
  const std::string recipient = normal_email(truth.recipient), organizer = normal_email(truth.organizer);
  if (!truth.hide_organizer && found.organizer != organizer) return "another organizer";
  bool invited = false;
  for (const std::string& one : found.attendees) {
    if (one != recipient && (truth.hide_organizer || one != organizer)) return "another attendee";
    invited = invited || one == recipient;
  }
  return invited ? "" : "the recipient is not an attendee";
}

// Descriptions list who comes, so the words are looked through, too.
std::string_view why_not_these_words(const IcsContents& found, const ForwardTruth& truth) {
  std::vector<std::string> secrets;
  if (truth.hide_organizer) secrets.push_back(lower_ascii(truth.organizer));
  for (const std::string& stranger : truth.strangers) secrets.push_back(lower_ascii(stranger));
  for (const std::string& line : found.lines) {
    const std::string words = lower_ascii(ics_unescaped(line));
    for (const std::string& secret : secrets)
      if (!secret.empty() && words.find(secret) != std::string::npos) return "another person";
  }
  return {};
}

}  // namespace

std::variant<ForwardFile, NotForwarded> forward_ics(std::string_view file, const ForwardTruth& truth) {
  const auto read = read_ics(file);
  if (const auto* why = std::get_if<std::string_view>(&read)) return NotForwarded{*why};
  const IcsContents& found = std::get<IcsContents>(read);
  for (const auto judge : {why_not_this_event, why_not_these_people, why_not_these_words})
    if (const std::string_view why = judge(found, truth); !why.empty()) return NotForwarded{why};
  IcsLines out;
  for (const std::string& line : found.lines) out.add(line);
  return ForwardFile{out.take(), found.sequence};
}

}  // namespace calcom
