#include <algorithm>

#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

Estimate::Effect Of(const std::vector<Estimate::Effect>& effects, absl::string_view key) {
  for (const Estimate::Effect& e : effects) {
    if (e.key == key) return e;
  }
  ADD_FAILURE() << key;
  return {};
}

TinyTarget TwoFactors() {
  TinyTarget t = TinyTarget::Plain(1000, 100);
  t.target().entries[0].efficiency->factors = {t.Ratio("efficiency_factor", 0.5), t.Ratio("tile_utilization", 0.2)};
  return t;
}

TEST(Sensitivity, Elasticities) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1));    // 30 s
  m.Add("Add", Pattern::kElementwise, MatrixWork(2, 1000));  // 10 s
  TinyTarget t = TwoFactors();
  const auto effects = Estimate::Price(m.model(), t.target())->Sensitivity();
  EXPECT_NEAR(Of(effects, "efficiency_factor").elasticity_up, -0.75, 1e-12);
  EXPECT_NEAR(Of(effects, "efficiency_factor").elasticity_down, -0.75, 1e-12);
  EXPECT_NEAR(Of(effects, "memory.bandwidth_bytes_per_s").elasticity_up, -0.25, 1e-12);
  EXPECT_NEAR(Of(effects, "tile_utilization").seconds_per_percent, 30 / 1.01 - 30, 1e-12);
  EXPECT_EQ(Of(effects, "efficiency_factor").hidden_under, "");
  // w = 1: growing it is not to be had, shrinking it lets the smaller sides show.
  EXPECT_NEAR(Of(effects, "default.overlap").elasticity_down, -(0.01 + 0.02) / 40, 1e-12);
  EXPECT_EQ(effects[0].elasticity_up, -0.75);  // largest first
}

TEST(Sensitivity, NamesWhatHidesACoefficientAndByHowMuch) {
  TinyModel m;
  m.Add("Add", Pattern::kElementwise, MatrixWork(100, 1000));  // 1 s under 10 s
  m.Add("Add", Pattern::kElementwise, MatrixWork(100, 4000));  // 1 s under 40 s
  TinyTarget t = TwoFactors();
  const auto effects = Estimate::Price(m.model(), t.target())->Sensitivity();
  for (const char* key : {"efficiency_factor", "tile_utilization"}) {
    const Estimate::Effect e = Of(effects, key);
    EXPECT_TRUE(e.used);
    EXPECT_EQ(e.elasticity_up, 0);
    EXPECT_EQ(e.elasticity_down, 0);
    EXPECT_EQ(e.hidden_under, "memory.bandwidth_bytes_per_s in 2 rows");
    EXPECT_NEAR(e.margin, 10, 1e-12);
  }
}

TEST(Sensitivity, HiddenUnderTheHost) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1));  // 30 s
  TinyTarget t = TwoFactors();
  t.target().host_enqueue = t.Time("host.enqueue_s", 45);
  const auto effects = Estimate::Price(m.model(), t.target())->Sensitivity();
  EXPECT_EQ(Of(effects, "efficiency_factor").hidden_under, "the host's enqueue time");
  EXPECT_DOUBLE_EQ(Of(effects, "efficiency_factor").margin, 1.5);
  EXPECT_EQ(Of(effects, "host.enqueue_s").elasticity_up, 1);
}

TEST(Sensitivity, PointsThatNoSizeLiesBeside) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1));
  TinyTarget t = TinyTarget::Plain(1000, 1e9);
  t.target().entries[0].efficiency->curve = t.AddCurve("c", Metric::kMatrixFlops, Interpolation::kLogLinear,
                                                       {{10, 0.1}, {100, 0.2}, {1000, 0.3}, {9000, 0.5}});
  const auto effects = Estimate::Price(m.model(), t.target())->Sensitivity();
  EXPECT_EQ(Of(effects, "c[0]").hidden_under, "the other points of c: no size lies beside this one in 1 row");
  EXPECT_DOUBLE_EQ(Of(effects, "c[0]").margin, 30);  // 3000 / 100
  // Halfway between 1000 and 9000 on the logarithm.
  EXPECT_NEAR(Of(effects, "c[2]").elasticity_up, -0.5 * 0.3 / 0.4, 1e-12);
  EXPECT_NEAR(Of(effects, "c[3]").elasticity_up, -0.5 * 0.5 / 0.4, 1e-12);
}

TEST(Sensitivity, UnusedAndZero) {
  TinyModel m;
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(3000, 1));
  TinyTarget t = TwoFactors();
  t.Ratio("nobody.uses_this", 0.5);
  t.target().entries[0].efficiency->dispatch = t.Time("default.dispatch_s", 0);
  const auto effects = Estimate::Price(m.model(), t.target())->Sensitivity();
  EXPECT_FALSE(Of(effects, "nobody.uses_this").used);
  EXPECT_EQ(Of(effects, "nobody.uses_this").hidden_under, "");
  EXPECT_TRUE(Of(effects, "default.dispatch_s").used);
  EXPECT_EQ(Of(effects, "default.dispatch_s").hidden_under, "its value of 0");
}

}  // namespace
}  // namespace opcost
