#include "costing/shapley.h"

#include <array>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace opcost {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(Shapley, TwoFactors) {
  // f = x·y from (2, 3) to (5, 7): x gets 3·(3 + 7)/2 = 15, y gets 4·(2 + 5)/2 = 14; together 35 − 6 = 29.
  const auto f = [](uint32_t m) { return ((m & 1u) ? 5.0 : 2.0) * ((m & 2u) ? 7.0 : 3.0); };
  EXPECT_THAT(OwenValues({0, 1}, f), ElementsAre(DoubleNear(15, 1e-12), DoubleNear(14, 1e-12)));
}

TEST(Shapley, ThreeFactorsByHand) {
  // f = x·y·z from (1, 1, 1) to (2, 3, 5). x: [1 + (3 + 5)/2 + 15] with weights 1/3, 1/6, 1/6, 1/3 = 1/3 + 8/6 + 5.
  const auto f = [](uint32_t m) { return ((m & 1u) ? 2.0 : 1.0) * ((m & 2u) ? 3.0 : 1.0) * ((m & 4u) ? 5.0 : 1.0); };
  const auto v = OwenValues({0, 1, 2}, f);
  EXPECT_NEAR(v[0], 1.0 / 3 + 8.0 / 6 + 15.0 / 3, 1e-12);
  EXPECT_NEAR(v[1], 2 * (1.0 / 3 + 7.0 / 6 + 10.0 / 3), 1e-12);
  EXPECT_NEAR(v[2], 4 * (1.0 / 3 + 5.0 / 6 + 6.0 / 3), 1e-12);
  EXPECT_NEAR(v[0] + v[1] + v[2], 29, 1e-12);
}

TEST(Shapley, SymmetryNullPlayerAndMax) {
  // Equal players get equal shares; one that does nothing gets nothing.
  const auto f = [](uint32_t m) { return (m & 3u) == 3u ? 10.0 : 4.0; };
  EXPECT_THAT(OwenValues({0, 1, 2}, f), ElementsAre(DoubleNear(3, 1e-12), DoubleNear(3, 1e-12), 0));
}

TEST(Shapley, GroupsSumToTheirValueAmongGroups) {
  const auto f = [](uint32_t m) {
    const std::array<double, 3> v = {(m & 1u) ? 5.0 : 2.0, (m & 2u) ? 7.0 : 3.0, (m & 4u) ? 1.0 : 11.0};
    return v[0] * v[1] + v[2] * v[0];
  };
  const auto grouped = OwenValues({4, 9, 4}, f);  // players 0 and 2 move together
  const auto two = OwenValues({0, 1}, [&](uint32_t m) { return f(((m & 1u) ? 5u : 0u) | (m & 2u)); });
  EXPECT_NEAR(grouped[0] + grouped[2], two[0], 1e-12);
  EXPECT_NEAR(grouped[1], two[1], 1e-12);
  EXPECT_NEAR(grouped[0] + grouped[1] + grouped[2], f(7) - f(0), 1e-12);
}

TEST(Shapley, Nobody) {
  EXPECT_TRUE(OwenValues({}, [](uint32_t) { return 3.0; }).empty());
}

}  // namespace
}  // namespace opcost
