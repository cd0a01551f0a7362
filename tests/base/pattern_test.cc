#include "base/pattern.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace opcost {
namespace {

TEST(Pattern, NamesAreUniqueAndParseBack) {
  std::set<std::string> names;
  for (int i = 0; i < static_cast<int>(Pattern::kCount); ++i) {
    const Pattern pattern = static_cast<Pattern>(i);
    EXPECT_TRUE(names.emplace(Name(pattern)).second) << Name(pattern);
    ASSERT_TRUE(ParsePattern(Name(pattern)).ok()) << Name(pattern);
    EXPECT_EQ(*ParsePattern(Name(pattern)), pattern);
  }
}

TEST(Pattern, EveryParentChainEndsAtAny) {
  for (int i = 0; i < static_cast<int>(Pattern::kCount); ++i) {
    Pattern pattern = static_cast<Pattern>(i);
    for (int steps = 0; Parent(pattern).has_value(); ++steps) {
      ASSERT_LT(steps, static_cast<int>(Pattern::kCount)) << "a cycle above " << Name(static_cast<Pattern>(i));
      pattern = *Parent(pattern);
    }
    EXPECT_EQ(pattern, Pattern::kAny);
  }
}

TEST(ParsePattern, NamesTheNearest) {
  const absl::Status status = ParsePattern("conv2d_bn_atc").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("'conv2d_bn_act'"), absl::string_view::npos) << status;
}

}  // namespace
}  // namespace opcost
