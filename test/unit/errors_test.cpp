// The list of errors: every code is unique and answered with one HTTP status by database and proxy.
#include "core/base/errors.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace calcom {
namespace {

std::vector<Error> all_errors() {
  return {
#define CALCOM_ERROR(identifier, name, sqlstate, status, group, message, hint, happened, remedy) \
  Error::identifier,
#include "core/base/errors.def"
#undef CALCOM_ERROR
  };
}

TEST(Errors, EveryCodeNameAndMessageIsUnique) {
  std::set<std::string_view> codes, names, messages;
  for (const Error error : all_errors()) {
    const ErrorText& text = text_of(error);
    EXPECT_EQ(text.error, error);
    EXPECT_TRUE(codes.insert(text.sqlstate).second) << text.sqlstate;
    EXPECT_TRUE(names.insert(text.name).second) << text.name;
    EXPECT_TRUE(messages.insert(text.message).second) << text.message;
  }
}

TEST(Errors, AMessageFollowsPostgresqlsStyleAndAHintIsASentence) {
  for (const Error error : all_errors()) {
    const ErrorText& text = text_of(error);
    EXPECT_EQ(text.sqlstate.size(), 5U);
    EXPECT_TRUE(text.sqlstate.starts_with("KC")) << text.sqlstate;
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(text.message.front()))) << text.message;
    EXPECT_NE(text.message.back(), '.') << text.message;
    EXPECT_TRUE(text.hint.ends_with('.') || text.hint.ends_with(';')) << text.hint;
  }
}

TEST(Errors, AnErrorIsFoundByNameAndByCode) {
  EXPECT_EQ(find_error_by_name("unknown_account")->error, Error::kUnknownAccount);
  EXPECT_EQ(find_error_by_sqlstate("KC404")->error, Error::kUnknownAccount);
  EXPECT_EQ(find_error_by_name("no_such_error"), nullptr);
  EXPECT_EQ(find_error_by_sqlstate("23505"), nullptr);
}

TEST(Errors, ARefusalThatRepeatingDoesNotHelpIsAFourHundred) {
  for (const char* code : {"KC401", "KC402", "KC403"}) EXPECT_EQ(http_answer(code).status, 401U) << code;
  EXPECT_EQ(http_answer("KC404").status, 404U);
  EXPECT_EQ(http_answer("KC413").status, 413U);
  EXPECT_EQ(http_answer("KC423").status, 423U);
  EXPECT_EQ(http_answer("KC404").retry_after, 0U);
}

TEST(Errors, AServerThatRecoversIsAFiveHundredAndThreeWithRetry) {
  for (const char* code :
       {"KC503", "3F000", "42883", "25006", "08006", "40001", "40P01", "53200", "55P03", "57P01", "XX000"}) {
    EXPECT_EQ(http_answer(code).status, 503U) << code;
    EXPECT_GT(http_answer(code).retry_after, 0U) << code;
  }
}

TEST(Errors, AnyOtherSqlstateIsAnInternalError) {
  for (const char* code : {"42501", "22023", "", "K"}) {
    EXPECT_EQ(http_answer(code).status, 500U) << code;
    EXPECT_EQ(http_answer(code).retry_after, 0U) << code;
  }
  EXPECT_EQ(http_answer("42501").hint, "GRANT calcom_ingester TO the login that the proxy uses");
}

}  // namespace
}  // namespace calcom
