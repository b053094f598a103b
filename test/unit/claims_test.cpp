// The actor in the audit trail when an SQL role acts for a verified JWT.
#include "core/base/claims.hpp"

#include <gtest/gtest.h>

namespace calcom {
namespace {

TEST(Claims, TheSubjectIsPreferredToTheAddress) {
  EXPECT_EQ(claimed_identity(R"({"email":"ada@example.com","sub":"user-1"})"), "user-1");
  EXPECT_EQ(claimed_identity(R"({"email":"ada@example.com","role":"web"})"), "ada@example.com");
  EXPECT_EQ(claimed_identity(R"({"sub":"","email":"ada@example.com"})"), "ada@example.com");
}

TEST(Claims, WhatIsNoClaimIsNobody) {
  for (const char* claims : {"", "null", "[]", "{}", "{\"sub\":7}", "{\"sub\":null}", "{\"sub\":", "\xff"})
    EXPECT_EQ(claimed_identity(claims), "") << claims;
}

TEST(Claims, IsOneShortWordOfALine) {
  EXPECT_EQ(claimed_identity(R"({"sub":"a\nb\u0007c\u007fd"})"), "abcd");
  EXPECT_EQ(claimed_identity(R"({"sub":")" + std::string(500, 'x') + "\"}").size(), 200U);
}

}  // namespace
}  // namespace calcom
