#include "cli/log_axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace opcost {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;

TEST(LogAxis, PlacesByTheLogarithm) {
  const LogAxis axis(1e3, 1e7, 10, 90);
  EXPECT_DOUBLE_EQ(axis.Place(1e3), 10);
  EXPECT_DOUBLE_EQ(axis.Place(1e5), 50);
  EXPECT_DOUBLE_EQ(axis.Place(1e9), 90);  // clamped
  EXPECT_DOUBLE_EQ(axis.Place(0), 10);
  EXPECT_TRUE(axis.Covers(1e7));
  EXPECT_FALSE(axis.Covers(2e7));
}

TEST(LogAxis, TicksAreRound) {
  EXPECT_THAT(LogAxis(1e3, 1e6, 0, 1).Ticks(), ElementsAre(DoubleEq(1e3), DoubleEq(1e4), DoubleEq(1e5), DoubleEq(1e6)));
  EXPECT_THAT(LogAxis(15, 110, 0, 1).Ticks(), ElementsAre(DoubleEq(20), DoubleEq(50), DoubleEq(100)));
  EXPECT_LE(LogAxis(1, 1e13, 0, 1).Ticks().size(), 7u);
}

TEST(LogAxis, OneValueGetsADecadeAroundIt) {
  const LogAxis axis(1e4, 1e4, 0, 100);
  EXPECT_THAT(axis.Place(1e4), DoubleNear(50, 1e-9));
  EXPECT_FALSE(axis.Ticks().empty());
}

TEST(LogAxis, LabelsCarryTheirPrefix) {
  EXPECT_EQ(TickLabel(1), "1");
  EXPECT_EQ(TickLabel(1000), "1 k");
  EXPECT_EQ(TickLabel(2e11), "200 G");
  EXPECT_EQ(TickLabel(0.001), "1 m");
  EXPECT_EQ(TickLabel(5e7), "50 M");
}

}  // namespace
}  // namespace opcost
