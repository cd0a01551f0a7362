#include <cmath>
#include <string>

#include "gtest/gtest.h"
#include "hardware/target.h"

namespace opcost {
namespace {

// (1, 0.1), (100, 0.5), a jump to 0.7 there, (10000, 0.9). Coefficients: x and y of each point in turn.
const std::vector<double> kValues = {1, 0.1, 100, 0.5, 100, 0.7, 10000, 0.9};

Curve Jumping(Interpolation interpolation) {
  Curve curve{"edge", Metric::kFlops, interpolation, {}};
  for (CoefficientId i = 0; i < 8; i += 2) {
    curve.points.push_back({i, i + 1, 0.01 * (i + 1), 1, i < 4 ? Evidence::kMeasured : Evidence::kAssumed});
  }
  return curve;
}

TEST(CurveTest, LogLinearIsHalfwayAtTheGeometricMean) {
  const Curve curve = Jumping(Interpolation::kLogLinear);
  EXPECT_NEAR(EvaluateCurve(curve, 10, kValues), 0.3, 1e-15);
  EXPECT_NEAR(EvaluateCurve(curve, 1000, kValues), 0.8, 1e-15);
}

TEST(CurveTest, LinearIsHalfwayAtTheMean) {
  EXPECT_NEAR(EvaluateCurve(Jumping(Interpolation::kLinear), 50.5, kValues), 0.3, 1e-15);
}

TEST(CurveTest, TimeLinearIsHalfwayInTimeAtTheMean) {
  // 1 / 0.1 = 10 and 100 / 0.5 = 200: 105 at 50.5, the mean of 1 and 100.
  const Curve curve = Jumping(Interpolation::kTimeLinear);
  EXPECT_NEAR(EvaluateCurve(curve, 50.5, kValues), 50.5 / 105, 1e-15);
  EXPECT_NEAR(EvaluateCurve(curve, std::nextafter(100.0, 0.0), kValues), 0.5, 1e-12);
  EXPECT_EQ(EvaluateCurve(curve, 100, kValues), 0.7);
  EXPECT_EQ(EvaluateCurve(curve, 0.5, kValues), 0.1);
}

// Points as a launch that costs as much as the work makes them: the logarithm's line sags below the work's own time.
TEST(CurveTest, TimeLinearNeverMakesMoreWorkFaster) {
  const std::vector<double> values = {1e6, 0.01, 1e7, 0.1, 1e8, 0.6};
  Curve curve{"c", Metric::kFlops, Interpolation::kTimeLinear, {}};
  for (CoefficientId i = 0; i < 6; i += 2) curve.points.push_back({i, i + 1});
  const auto faster = [&](Interpolation interpolation) {
    curve.interpolation = interpolation;
    int steps = 0;
    for (double x = 1e5; x < 1e9; x *= 1.01) {
      const double now = x / EvaluateCurve(curve, x, values), next = x * 1.01 / EvaluateCurve(curve, x * 1.01, values);
      if (next < now * (1 - 1e-12)) ++steps;
    }
    return steps;
  };
  EXPECT_EQ(faster(Interpolation::kTimeLinear), 0);
  EXPECT_GT(faster(Interpolation::kLogLinear), 0);
}

// 60 · x / (x + 50) is 10 at 10 and 40 at 100.
TEST(CurveTest, ASaturatingRateHoldsBetweenAndBeyondItsTwoPoints) {
  const std::vector<double> values = {10, 10, 100, 40};
  const Curve curve{"c", Metric::kFlops, Interpolation::kSaturating, {{0, 1}, {2, 3}}};
  for (double x : {0.1, 1.0, 10.0, 25.0, 100.0, 1e3, 1e9}) {
    bool clamped = true;
    EXPECT_NEAR(EvaluateCurve(curve, x, values, &clamped) / (60 * x / (x + 50)), 1, 1e-12) << x;
    EXPECT_FALSE(clamped);
  }
}

TEST(CurveTest, ASigmoidGoesFromPlateauToPlateau) {
  const std::vector<double> values = {10, 0.2, 1000, 0.7};
  const Curve curve{"c", Metric::kFlops, Interpolation::kSigmoid, {{0, 1}, {2, 3}}};
  EXPECT_NEAR(EvaluateCurve(curve, 10, values), 0.2 + 0.1 * 0.5, 1e-12);
  EXPECT_NEAR(EvaluateCurve(curve, 100, values), 0.45, 1e-12);
  EXPECT_NEAR(EvaluateCurve(curve, 1000, values), 0.2 + 0.9 * 0.5, 1e-12);
  EXPECT_NEAR(EvaluateCurve(curve, 1e-9, values), 0.2, 1e-6);
  EXPECT_NEAR(EvaluateCurve(curve, 1e15, values), 0.7, 1e-6);
}

TEST(CurveTest, AtAJumpTheLaterPointHolds) {
  const Curve curve = Jumping(Interpolation::kLogLinear);
  EXPECT_EQ(EvaluateCurve(curve, 100, kValues), 0.7);
  EXPECT_NEAR(EvaluateCurve(curve, std::nextafter(100.0, 0.0), kValues), 0.5, 1e-12);
}

TEST(CurveTest, ClampsOutsideAndSaysSo) {
  const Curve curve = Jumping(Interpolation::kLogLinear);
  for (double x : {0.0, 0.5, 20000.0, 1e300}) {
    bool clamped = false;
    EXPECT_EQ(EvaluateCurve(curve, x, kValues, &clamped), x < 1 ? 0.1 : 0.9);
    EXPECT_TRUE(clamped) << x;
  }
  for (double x : {1.0, 100.0, 10000.0}) {
    bool clamped = true;
    EvaluateCurve(curve, x, kValues, &clamped);
    EXPECT_FALSE(clamped) << x;
  }
}

TEST(CurveTest, AReadingSaysHowWellThePointsAroundAreKnown) {
  const Curve curve = Jumping(Interpolation::kLogLinear);
  const CurveReading inside = ReadCurve(curve, 10, kValues);
  EXPECT_EQ(inside.first, 0);
  EXPECT_EQ(inside.last, 1);
  EXPECT_EQ(inside.evidence, Evidence::kMeasured);
  EXPECT_NEAR(inside.std_dev, 0.02, 1e-15);  // between 0.01 and 0.03
  EXPECT_EQ(ReadCurve(curve, 1000, kValues).evidence, Evidence::kAssumed);
}

TEST(CurveTest, OnePointIsAConstantEverywhere) {
  Curve curve{"flat", Metric::kFlops, Interpolation::kLogLinear, {CurvePoint{kNoId, 1}}};
  for (double x : {0.0, 1.0, 1e30}) {
    bool clamped = true;
    EXPECT_EQ(EvaluateCurve(curve, x, kValues, &clamped), 0.1);
    EXPECT_FALSE(clamped);
  }
}

TEST(NamesTest, ParseIsTheInverseOfName) {
  for (int i = 0; i < static_cast<int>(Metric::kCount); ++i) {
    EXPECT_EQ(ParseMetric(Name(static_cast<Metric>(i))).value(), static_cast<Metric>(i));
  }
  for (int i = 0; i <= static_cast<int>(Evidence::kAssumed); ++i) {
    EXPECT_EQ(ParseEvidence(Name(static_cast<Evidence>(i))).value(), static_cast<Evidence>(i));
  }
  for (int i = 0; i <= static_cast<int>(Interpolation::kTimeLinear); ++i) {
    EXPECT_EQ(ParseInterpolation(Name(static_cast<Interpolation>(i))).value(), static_cast<Interpolation>(i));
  }
  EXPECT_NE(std::string(ParseEvidence("mesured").status().message()).find("did you mean 'measured'?"),
            std::string::npos);
}

TEST(RangeTest, NoRangeHoldsWhatIsNoNumber) {
  const ValueRange range = {0, 1, /*low_open=*/true};
  EXPECT_TRUE(Contains(range, 1));
  EXPECT_FALSE(Contains(range, 0));
  EXPECT_FALSE(Contains(range, NAN));
  EXPECT_FALSE(Contains({0, 1e300}, INFINITY));
}

}  // namespace
}  // namespace opcost
