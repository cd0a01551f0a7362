#include <cmath>

#include "gtest/gtest.h"
#include "tests/costing/tiny.h"

namespace opcost {
namespace {

// Entries of two patterns with a curve each: efficiency 0.5 ± 0.1 and 0.25 ± 0.05, the same at every size between 1 and
// 1e9.
TinyTarget TwoCurves() {
  TinyTarget t = TinyTarget::Plain(1000, 1e9);
  const EfficiencyForm plain = *t.target().entries[0].efficiency;
  const auto add = [&](std::string key, Pattern pattern, double y, double std_dev) {
    EfficiencyForm form = plain;
    form.curve = t.AddCurve(key + ".efficiency", Metric::kMatrixFlops, Interpolation::kLogLinear,
                            {{1, y, std_dev}, {1e9, y, std_dev}});
    t.AddEntry(key, pattern, Precision::kFp32).efficiency = form;
  };
  add("conv2d.fp32", Pattern::kConv2d, 0.5, 0.1);
  add("matmul.fp32", Pattern::kMatmul, 0.25, 0.05);
  return t;
}

TEST(Interval, OfARow) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 1));
  TinyTarget t = TwoCurves();
  const ReportRow row = Analyze(m.model(), t.target()).rows[0];
  EXPECT_DOUBLE_EQ(row.t_s, 6);
  EXPECT_NEAR(*row.lo_s, 5, 1e-12);    // 3 / 0.6
  EXPECT_NEAR(*row.hi_s, 7.5, 1e-12);  // 3 / 0.4
}

TEST(Interval, CorrelatedWithinACurveIndependentAcross) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 1));
  m.Add("Conv", Pattern::kConv2d, MatrixWork(6000, 1));
  m.Add("MatMul", Pattern::kMatmul, MatrixWork(1000, 1));  // 4 s; 1 / 0.3 to 1 / 0.2
  TinyTarget t = TwoCurves();
  const Totals totals = Analyze(m.model(), t.target()).totals;
  EXPECT_DOUBLE_EQ(totals.t_s, 22);
  EXPECT_NEAR(*totals.hi_s, 22 + std::sqrt(4.5 * 4.5 + 1), 1e-12);
  EXPECT_NEAR(*totals.lo_s, 22 - std::sqrt(3.0 * 3.0 + std::pow(4 - 1 / 0.3, 2)), 1e-12);
  EXPECT_DOUBLE_EQ(totals.interval_share, 1);
}

TEST(Interval, AbsentWhereNothingIsKnownAndItsCoverageStated) {
  TinyModel m;
  m.Add("Softmax", Pattern::kSoftmax, MatrixWork(6000, 1));  // the default: no spread
  TinyTarget t = TwoCurves();
  EXPECT_FALSE(Analyze(m.model(), t.target()).totals.lo_s.has_value());
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 1));
  const Report r = Analyze(m.model(), t.target());
  EXPECT_FALSE(r.rows[0].lo_s.has_value());
  EXPECT_DOUBLE_EQ(r.totals.interval_share, 0.5);
  EXPECT_NEAR(*r.totals.hi_s, 13.5, 1e-12);
  bool noted = false;
  for (const Note& n : r.notes) {
    noted = noted || n.text == "the interval covers rows with 50 % of the time; the spread of the rest is unknown";
  }
  EXPECT_TRUE(noted);
}

TEST(Interval, HiddenSpreadIsNoCertainty) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, int64_t{100} * 1000 * 1000 * 1000));  // memory 100 s
  TinyTarget t = TwoCurves();
  EXPECT_FALSE(Analyze(m.model(), t.target()).rows[0].lo_s.has_value());
}

TEST(Interval, OfATimeForm) {
  TinyModel m;
  m.Add("Conv", Pattern::kConv2d, MatrixWork(3000, 1));
  TinyTarget t = TinyTarget::Plain(1000, 1e9);
  Entry& entry = t.AddEntry("conv2d.fp32", Pattern::kConv2d, Precision::kFp32);
  entry.relative_spread = 0.1;
  entry.time = TimeForm{.launch = t.Time("launch", 5)};
  const ReportRow row = Analyze(m.model(), t.target()).rows[0];
  EXPECT_DOUBLE_EQ(*row.lo_s, 4.5);
  EXPECT_DOUBLE_EQ(*row.hi_s, 5.5);
}

}  // namespace
}  // namespace opcost
