#include "costing/formula.h"

#include "costing/extract.h"
#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

TEST(Quantity, Prefixes) {
  EXPECT_EQ(Quantity(0.0000026, "s"), "2.6 µs");
  EXPECT_EQ(Quantity(0.001, "s"), "1 ms");
  EXPECT_EQ(Quantity(360e9, "FLOP/s"), "360 GFLOP/s");
  EXPECT_EQ(Quantity(76.8e9, "byte/s"), "76.8 GB/s");
  EXPECT_EQ(Quantity(0, "s"), "0 s");
  EXPECT_EQ(Quantity(0.741, ""), "0.741");
}

TEST(Formula, TextOfAnEstimate) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(231000000, 4100000));
  TinyTarget t = TinyTarget::Plain(360e9, 76.8e9);
  EfficiencyForm& form = *t.target().entries[0].efficiency;
  form.curve = t.AddCurve("conv2d.fp32.efficiency", Metric::kMatrixFlops, Interpolation::kLinear, {{1, 0.741}});
  form.dispatch = t.Time("default.dispatch_s", 2.6e-6);
  for (Coefficient& c : t.target().coefficients) {
    if (c.key == "peak.fp32_flops_per_s") c.unit = "FLOP/s";
    if (c.key == "memory.bandwidth_bytes_per_s") c.unit = "byte/s";
    if (c.key == "default.dispatch_s") c.unit = "s";
  }
  const Report r = Analyze(m.model(), t.target());
  EXPECT_EQ(ToString(r.rows[0].formula), "2.6 µs + overlap(231 MFLOP / (360 GFLOP/s × 0.741), 4.1 MB / 76.8 GB/s, 1)");
  EXPECT_EQ(ToSymbols(r.rows[0].formula),
            "dispatches × default.dispatch_s + overlap(matrix_flops / (peak.fp32_flops_per_s × "
            "conv2d.fp32.efficiency), bytes / memory.bandwidth_bytes_per_s, default.overlap)");
}

TEST(Formula, EvaluatesBitForBit) {
  ExprPool p;
  Target target;
  std::vector<double> c;
  for (double v : {1e9 / 3, 0.1, 1.0 / 7, 3.3e-5}) {
    target.coefficients.push_back({.key = "k", .layers = {{"f:1", v}}});
    c.push_back(v);
  }
  const ExprId x = p.Div(p.OfWork(1234567, Metric::kFlops), p.Mul(p.OfCoefficient(0), p.OfCoefficient(1)));
  const ExprId y = p.Mul(p.Hinge(p.OfWork(13, Metric::kBytes), p.OfCoefficient(2)), p.OfCoefficient(3));
  const ExprId root = p.Sum({x, p.Overlap(x, y, p.OfCoefficient(2)), p.Max({x, y}), y, x});
  const std::vector<double> values = p.Evaluate({}, c);
  const Formula f = ExtractFormula(p, root, target, values);
  EXPECT_EQ(Evaluate(f), values[static_cast<size_t>(root)]);
  EXPECT_TRUE(IsWellFormed(f));
}

TEST(Formula, IllFormed) {
  Formula f;
  EXPECT_TRUE(IsWellFormed(f));
  f.nodes.push_back({.kind = ExprKind::kWork});
  f.nodes.push_back({.kind = ExprKind::kMul, .children = {0, 1}});  // itself
  EXPECT_FALSE(IsWellFormed(f));
  f.nodes[1].children = {0};
  EXPECT_FALSE(IsWellFormed(f));
  f.nodes[1].children = {0, -1};
  EXPECT_FALSE(IsWellFormed(f));
  f.nodes[1].children = {0, 0};
  EXPECT_TRUE(IsWellFormed(f));
  f.nodes[1].kind = static_cast<ExprKind>(77);
  EXPECT_FALSE(IsWellFormed(f));
}

}  // namespace
}  // namespace opcost
