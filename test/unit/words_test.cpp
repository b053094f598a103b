// Enumerations that are stored as text: every word is written once, and read back as what it was.
#include "core/base/words.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/booking/merge.hpp"
#include "core/booking/stored_words.hpp"
#include "core/mail/mail_state.hpp"

namespace calcom {
namespace {

template <typename Enum>
class WordsOf : public ::testing::Test {};
using Enumerations = ::testing::Types<Step, EventOutcome, EventSource, ProviderOutcome, SuppressionSource,
                                      SecretKind, HistoryAction, MailKind, MailState, MailMode, MailCause>;
TYPED_TEST_SUITE(WordsOf, Enumerations);

TYPED_TEST(WordsOf, AreDistinctAndReadBack) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < Words<TypeParam>::list.size(); ++i) {
    const auto value = static_cast<TypeParam>(i);
    EXPECT_TRUE(seen.insert(name(value)).second) << name(value);
    EXPECT_EQ(parse<TypeParam>(name(value)), value);
    EXPECT_EQ(name(value).find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos)
        << name(value);
  }
}

TYPED_TEST(WordsOf, OtherWordsAreNoneOfThem) {
  for (const char* word : {"", "Sent", "sent ", "invoice"})
    EXPECT_EQ(parse<TypeParam>(word), std::nullopt) << word;
}

TEST(MailCauses, EachHasASentence) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < Words<MailCause>::list.size(); ++i) {
    const std::string_view words = sentence(static_cast<MailCause>(i));
    EXPECT_FALSE(words.empty()) << i;
    EXPECT_TRUE(seen.insert(words).second) << words;
  }
  EXPECT_EQ(sentence(MailCause::kNoAnswer), "Resend gave no answer")
      << "the sentences are in the order of the causes";
  EXPECT_EQ(sentence(MailCause::kPaused), "the account is paused");
  EXPECT_EQ(sentence(MailCause::kTooOld), "too old");
  EXPECT_EQ(sentence(MailCause::kDailyQuota), "Resend's daily quota is used up");
}

TEST(MailStates, SettledIsWhatChangesNoMore) {
  for (const MailState state : {MailState::kQueued, MailState::kSending, MailState::kHeld})
    EXPECT_FALSE(is_settled(state)) << name(state);
  for (const MailState state : {MailState::kSent, MailState::kCaptured, MailState::kSkipped,
                                MailState::kCancelled, MailState::kFailed, MailState::kUncertain})
    EXPECT_TRUE(is_settled(state)) << name(state);
}

}  // namespace
}  // namespace calcom
