// The files are parsed once. A name that begins with "notice_" belongs to the notices.
#include "proxy/booking/words.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/base/text.hpp"
#include "proxy/booking/language.hpp"
#include "proxy/page/assets.hpp"

namespace calcom::proxy {
namespace {

constexpr std::string_view kNotice = "notice_";

struct Notice {
  BookingNotice notice;
  unsigned status, retry_after;
  std::string_view name;
};
constexpr std::array kNotices{Notice{BookingNotice::kUnknown, 404, 0, "unknown"},
                              Notice{BookingNotice::kNotSetUp, 404, 0, "not_set_up"},
                              Notice{BookingNotice::kUnavailable, 503, 5, "unavailable"},
                              Notice{BookingNotice::kTooMany, 429, 2, "too_many"}};

// English is first: it is the default.
const std::vector<std::string>& languages() {
  static const std::vector<std::string> tags{"en", "de", "es", "fr"};
  return tags;
}

std::string taken(Words& words, const std::string& name) {
  auto node = words.extract(name);
  return node ? std::move(node.mapped()) : std::string();
}

PageWords read_file(const std::string& locale) {
  PageWords page;
  page.locale = locale;
  const Asset* file = find_asset(locale + ".json");
  if (file == nullptr) return page;
  page.words = read_words(file->bytes);
  page.title = taken(page.words, "title");
  page.intro = taken(page.words, "intro");
  for (auto word = page.words.begin(); word != page.words.end();) {
    const auto next = std::next(word);
    if (word->first.starts_with(kNotice)) page.notices.insert(page.words.extract(word));
    word = next;
  }
  simdjson::dom::parser parser;
  simdjson::dom::array benefits;
  if (parser.parse(file->bytes.data(), file->bytes.size())["benefits"].get_array().get(benefits) ==
      simdjson::SUCCESS) {
    for (const auto benefit : benefits) page.benefits.emplace_back(benefit.get_string().value());
  }
  return page;
}

const std::vector<PageWords>& all_words() {
  static const std::vector<PageWords> all = [] {
    std::vector<PageWords> read;
    std::transform(languages().begin(), languages().end(), std::back_inserter(read), read_file);
    return read;
  }();
  return all;
}

std::string_view text_of(const Words& words, const std::string& name) {
  const auto found = words.find(name);
  return found == words.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

Words read_words(std::string_view json) {
  Words words;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json.data(), json.size()).get_object().get(object) != simdjson::SUCCESS) return words;
  for (const auto& [name, value] : object) {
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) words[std::string(name)] = text;
  }
  return words;
}

bool has_words(std::string_view locale) {
  const std::string language = lower_ascii(locale.substr(0, locale.find('-')));
  return std::find(languages().begin(), languages().end(), language) != languages().end();
}

const PageWords& words_for(std::string_view locale) {
  const std::string language = lower_ascii(locale.substr(0, locale.find('-')));
  const auto found = std::find_if(all_words().begin(), all_words().end(),
                                  [&language](const PageWords& page) { return page.locale == language; });
  return found == all_words().end() ? all_words().front() : *found;
}

NoticeWords notice_words(BookingNotice notice, std::string_view accepted) {
  const auto* found = std::find_if(kNotices.begin(), kNotices.end(),
                                   [notice](const Notice& one) { return one.notice == notice; });
  const std::size_t preferred = preferred_language(accepted, languages());
  const PageWords& page = all_words()[preferred < all_words().size() ? preferred : 0];
  const std::string name = std::string(kNotice) + std::string(found->name);
  return {found->status, found->retry_after, page.locale, text_of(page.notices, name + "_title"),
          text_of(page.notices, name + "_text")};
}

}  // namespace calcom::proxy
