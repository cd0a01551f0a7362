#include "base/text.h"

#include <gtest/gtest.h>

namespace opcost {
namespace {

TEST(NearestName, FindsOneTypoAway) {
  EXPECT_EQ(NearestName("i7-1270k", {"a100-sxm-80gb", "i7-12700k", "l4"}), "i7-12700k");
  EXPECT_EQ(NearestName("BATCH", {"seq", "batch"}), "batch");
}

TEST(NearestName, SaysNothingRatherThanNonsense) {
  EXPECT_EQ(NearestName("xyzzy", {"batch", "sequence"}), "");
  EXPECT_EQ(NearestName("x", {}), "");
  EXPECT_EQ(DidYouMean("xyzzy", {"batch"}), "");
}

TEST(DidYouMean, IsAClauseForTheEndOfAMessage) { EXPECT_EQ(DidYouMean("batc", {"batch"}), "; did you mean 'batch'?"); }

}  // namespace
}  // namespace opcost
