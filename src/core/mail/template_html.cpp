// See template_html.hpp.
#include "core/mail/template_html.hpp"

#include <algorithm>
#include <array>

#include "core/base/escape.hpp"

namespace calcom {

namespace {

constexpr std::string_view kSafePrefix = "https://checked.invalid/";  // any address with scheme and host
constexpr std::size_t kKept = 64;  // of a prefix or tail: more than any name or scheme needs

// They change how what follows is read, and no mail program shows them.
constexpr std::array<std::string_view, 14> kRefusedTags = {
    "base",     "embed",  "frameset",  "iframe", "math", "noembed",  "noframes",
    "noscript", "object", "plaintext", "script", "svg",  "template", "xmp"};
constexpr std::array<std::string_view, 8> kUrlAttributes = {"action", "background", "cite",   "formaction",
                                                            "href",   "longdesc",   "poster", "src"};
// Attributes whose value is words. Others (style, on…, srcset, content) have a language of their own.
constexpr std::array<std::string_view, 17> kWordAttributes = {
    "abbr", "align", "alt",  "bgcolor", "class", "color",  "dir",   "height", "id",
    "lang", "name",  "role", "summary", "title", "valign", "value", "width"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void keep_last(std::string& tail, char c) {
  tail += c;
  if (tail.size() > kKept) tail.erase(0, tail.size() - kKept);
}

// An http address whose host is complete, so that a value cannot name another one.
bool ends_its_host(std::string_view prefix) {
  const std::string url = ascii_lower(prefix);
  if (!url.starts_with("https://") && !url.starts_with("http://")) return false;
  const std::size_t host = url.find("://");
  return url.find_first_of("/?#", host + 3) != std::string_view::npos &&
         url.find_first_of("/?#", host + 3) > host + 3;
}

}  // namespace

std::optional<std::string> HtmlTracker::feed(std::string_view literal, std::size_t* at) {
  for (std::size_t i = 0; i < literal.size(); ++i) {
    *at = i;
    if (auto wrong = step(literal[i])) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> HtmlTracker::step(char c) {
  switch (state_) {
    case State::kText:
      if (c == '<') state_ = State::kMarkup;
      return std::nullopt;
    case State::kMarkup:
      closing_ = false;
      tag_.clear();
      tail_.clear();
      if (c == '!')
        state_ = State::kBang;
      else if (c == '/')
        state_ = State::kEndOpen;
      else if (c == '?')
        state_ = State::kBogus;
      else if (is_letter(c))
        state_ = State::kTagName, tag_ = ascii_lower({&c, 1});
      else if (c != '<')
        state_ = State::kText;
      return std::nullopt;
    case State::kEndOpen:
      closing_ = true;
      if (is_letter(c))
        state_ = State::kTagName, tag_ = ascii_lower({&c, 1});
      else
        state_ = c == '>' ? State::kText : State::kBogus;
      return std::nullopt;
    case State::kBang:
    case State::kBogus:
    case State::kComment:
      step_comment(c);
      return std::nullopt;
    case State::kRaw:
      step_raw(c);
      return std::nullopt;
    default:
      return step_tag(c);
  }
}

void HtmlTracker::step_comment(char c) {
  keep_last(tail_, c);
  if (state_ == State::kBang) {
    if (tail_ == "--")
      state_ = State::kComment, tail_ = "<";  // "<" marks the comment's beginning
    else if (tail_ != "-")
      state_ = State::kBogus;
  }
  const bool over = state_ == State::kBogus
                        ? c == '>'
                        : state_ == State::kComment && (tail_.ends_with("-->") || tail_.ends_with("--!>") ||
                                                        tail_ == "<>" || tail_ == "<->");
  if (!over) return;
  state_ = State::kText;
  tail_.clear();
}

void HtmlTracker::step_raw(char c) {
  if (c == '<')
    tail_ = c;
  else if (tail_.starts_with('<'))
    keep_last(tail_, c);
  const bool name_over = is_space(c) || (c == '/' && tail_ != "</") || c == '>';
  if (!name_over) return;
  const std::string seen = ascii_lower(tail_.substr(0, tail_.empty() ? 0 : tail_.size() - 1));
  tail_.clear();
  if (seen != "</" + tag_) return;
  closing_ = true;
  state_ = State::kTag;
  if (c == '>') end_tag();
}

std::optional<std::string> HtmlTracker::end_name() {
  if (!closing_ && contains(kRefusedTags, tag_)) return "the element <" + tag_ + "> has no place in a mail";
  state_ = State::kTag;
  return std::nullopt;
}

void HtmlTracker::end_tag() {
  const bool raw = !closing_ && (tag_ == "style" || tag_ == "title" || tag_ == "textarea");
  state_ = raw ? State::kRaw : State::kText;
  if (!raw) tag_.clear();
  closing_ = false;
  attribute_.clear();
  prefix_.clear();
}

void HtmlTracker::start_attribute(char c) {
  state_ = State::kAttributeName;
  attribute_ = ascii_lower({&c, 1});
  prefix_.clear();
}

std::optional<std::string> HtmlTracker::step_tag(char c) {
  switch (state_) {
    case State::kTagName:
      if (is_space(c) || c == '/') return end_name();
      if (c == '>') {
        auto wrong = end_name();
        end_tag();
        return wrong;
      }
      tag_ += ascii_lower({&c, 1});
      return std::nullopt;
    case State::kBeforeValue:
      if (is_space(c)) return std::nullopt;
      state_ = c == '"' ? State::kDoubleQuoted : c == '\'' ? State::kSingleQuoted : State::kUnquoted;
      if (c == '>') end_tag();
      return std::nullopt;
    case State::kDoubleQuoted:
    case State::kSingleQuoted:
      if (c == (state_ == State::kDoubleQuoted ? '"' : '\'')) {
        state_ = State::kTag;
        attribute_.clear();
        prefix_.clear();
      } else if (contains(kUrlAttributes, attribute_) && prefix_ != kSafePrefix) {
        prefix_ += c;
        if (ends_its_host(prefix_)) prefix_ = kSafePrefix;
      }
      return std::nullopt;
    case State::kUnquoted:
      if (is_space(c))
        state_ = State::kTag, attribute_.clear();
      else if (c == '>')
        end_tag();
      return std::nullopt;
    default:
      break;
  }
  // Between attributes, or in the name of one.
  if (c == '>')
    end_tag();
  else if (c == '/')
    state_ = State::kTag, attribute_.clear();
  else if (c == '=' && state_ != State::kTag)
    state_ = State::kBeforeValue;
  else if (is_space(c))
    state_ = state_ == State::kTag ? State::kTag : State::kAfterName;
  else if (state_ == State::kAttributeName)
    attribute_ += ascii_lower({&c, 1});
  else
    start_attribute(c);
  return std::nullopt;
}

std::variant<Escape, std::string> HtmlTracker::url_value() {
  const std::string url = ascii_lower(prefix_);
  if (url.empty()) {
    prefix_ = kSafePrefix;  // what comes next stands behind a host
    return Escape::kUrlWhole;
  }
  if (url.starts_with("mailto:") || url.starts_with("tel:")) return Escape::kUrlPiece;
  if (!url.starts_with("https://") && !url.starts_with("http://"))
    return "an address begins with a value, or with https://, http://, mailto: or tel:";
  if (prefix_ != kSafePrefix)
    return "a value cannot be the host of an address: write it out, up to the next /";
  return Escape::kUrlPiece;
}

std::variant<Escape, std::string> HtmlTracker::value() {
  if (state_ == State::kText) return Escape::kHtmlText;
  if (state_ == State::kRaw && tag_ != "style") return Escape::kHtmlWords;
  if (state_ == State::kDoubleQuoted) {
    if (contains(kUrlAttributes, attribute_)) return url_value();
    if (contains(kWordAttributes, attribute_) || attribute_.starts_with("data-") ||
        attribute_.starts_with("aria-"))
      return Escape::kHtmlWords;
    return "a value is not allowed in the attribute " + attribute_;
  }
  return "no value can stand " + describe();
}

std::string HtmlTracker::describe() const {
  switch (state_) {
    case State::kText:
      return "in text";
    case State::kComment:
    case State::kBang:
    case State::kBogus:
      return "in a comment or declaration";
    case State::kRaw:
      return "in <" + tag_ + ">";
    case State::kSingleQuoted:
    case State::kUnquoted:
    case State::kBeforeValue:
      return "in an attribute without double quotes";
    case State::kDoubleQuoted:
      return "in the attribute " + attribute_;
    default:
      return "inside of a tag";
  }
}

}  // namespace calcom
