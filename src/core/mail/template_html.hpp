// Where in a page are we? Follows the tokenizer of the HTML standard through the literal text of a template,
// as far as a value's escaping depends on it. Whatever it does not know for certain it refuses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/mail/template.hpp"

namespace calcom {

class HtmlTracker {
 public:
  // Literal text passes. What is wrong with it, if anything; `*at` is then the byte where.
  std::optional<std::string> feed(std::string_view literal, std::size_t* at);

  // A value comes here: how it is escaped, or why there can be none.
  std::variant<Escape, std::string> value();

  bool in_text() const { return state_ == State::kText; }
  std::string describe() const;  // "in the tag <td>", for messages

  friend bool operator==(const HtmlTracker&, const HtmlTracker&) = default;

 private:
  enum class State {
    kText,
    kMarkup,  // "<" was seen
    kEndOpen,
    kBang,
    kBogus,
    kComment,
    kTagName,
    kTag,
    kAttributeName,
    kAfterName,
    kBeforeValue,
    kDoubleQuoted,
    kSingleQuoted,
    kUnquoted,
    kRaw,  // in <style>, <title> or <textarea>: ends at its end tag only
  };

  std::optional<std::string> step(char c);
  std::optional<std::string> step_tag(char c);
  void step_comment(char c);
  void step_raw(char c);
  void start_attribute(char c);
  std::optional<std::string> end_name();
  void end_tag();
  std::variant<Escape, std::string> url_value();

  State state_ = State::kText;
  bool closing_ = false;   // in an end tag
  std::string tag_;        // its name, lower case; in kRaw the element
  std::string attribute_;  // its name, lower case
  std::string prefix_;     // of the attribute's value
  std::string tail_;       // the last characters of a comment or of raw text
};

}  // namespace calcom
