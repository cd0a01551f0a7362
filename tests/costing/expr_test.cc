#include "costing/expr.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"

namespace opcost {
namespace {

using D = std::vector<double>;

double Value(const ExprPool& pool, ExprId root, const D& coefficients, const std::vector<Curve>& curves = {}) {
  const D values = pool.Evaluate(curves, coefficients);
  EXPECT_EQ(values[static_cast<size_t>(root)], pool.EvaluateOne(root, curves, coefficients));
  return values[static_cast<size_t>(root)];
}

TEST(Expr, Operations) {
  ExprPool p;
  const ExprId a = p.OfCoefficient(0), b = p.OfCoefficient(1), w = p.OfCoefficient(2);
  const D c = {3, 5, 0.25};
  EXPECT_EQ(Value(p, p.OfWork(7, Metric::kBytes), c), 7);
  EXPECT_EQ(Value(p, p.Sum({a, b, a}), c), 11);
  EXPECT_EQ(Value(p, p.Sum({a, b, a, b, b}), c), 21);
  EXPECT_EQ(Value(p, p.Max({a, b}), c), 5);
  EXPECT_EQ(Value(p, p.Max({b, a, a, a, a}), c), 5);
  EXPECT_EQ(Value(p, p.Mul(a, b), c), 15);
  EXPECT_EQ(Value(p, p.Div(a, b), c), 0.6);
  EXPECT_EQ(Value(p, p.Hinge(b, a), c), 2);
  EXPECT_EQ(Value(p, p.Hinge(a, b), c), 0);
  // max(3, 5) + (1 − 0.25) · min(3, 5)
  EXPECT_EQ(Value(p, p.Overlap(a, b, w), c), 7.25);
  EXPECT_EQ(Value(p, p.Sum({}), c), 0);
  EXPECT_EQ(p.Sum({a}), a);
}

TEST(Expr, OverlapOfOneIsMaxAndOfZeroIsSum) {
  ExprPool p;
  const ExprId o = p.Overlap(p.OfCoefficient(0), p.OfCoefficient(1), p.OfCoefficient(2));
  EXPECT_EQ(Value(p, o, {0.1, 0.7, 1}), 0.7);
  EXPECT_EQ(Value(p, o, {0.1, 0.7, 0}), 0.7 + 0.1);
}

TEST(Expr, EqualExpressionsAreOne) {
  ExprPool p;
  const ExprId a = p.Div(p.OfWork(6, Metric::kFlops), p.OfCoefficient(0));
  const int32_t size = p.size();
  EXPECT_EQ(p.Div(p.OfWork(6, Metric::kFlops), p.OfCoefficient(0)), a);
  EXPECT_EQ(p.size(), size);
  EXPECT_NE(p.Div(p.OfWork(6, Metric::kBytes), p.OfCoefficient(0)), a);
  EXPECT_NE(p.Sum({a, p.OfCoefficient(0)}), p.Max({a, p.OfCoefficient(0)}));
}

// A tree with every kind of node, away from kinks.
struct Everything {
  ExprPool pool;
  std::vector<Curve> curves;
  ExprId root;
  D at = {4e9, 2e9, 0.5, 1e-3, 10, 0.2, 1000, 0.8, 3};

  explicit Everything(Interpolation interpolation) {
    curves.push_back({.key = "c",
                      .x = Metric::kFlops,
                      .interpolation = interpolation,
                      .points = {{.x = 4, .y = 5}, {.x = 6, .y = 7}}});
    const ExprId rate = pool.Mul(pool.OfCoefficient(0), pool.OfCurve(0, pool.OfWork(130, Metric::kFlops)));
    const ExprId compute = pool.Div(pool.OfWork(700000000, Metric::kFlops), rate);
    const ExprId memory = pool.Div(pool.OfWork(110000000, Metric::kBytes), pool.OfCoefficient(1));
    const ExprId hinge =
        pool.Mul(pool.Hinge(pool.OfWork(17, Metric::kBytes), pool.OfCoefficient(8)), pool.OfCoefficient(3));
    root = pool.Sum({pool.Mul(pool.OfCount(3), pool.Overlap(compute, memory, pool.OfCoefficient(2))), hinge,
                     pool.Max({pool.OfCoefficient(3), pool.Mul(pool.OfCoefficient(3), pool.OfCoefficient(2))}),
                     pool.OfCoefficient(3)});
  }
};

void ExpectDerivativesOf(const Everything& e) {
  const D values = e.pool.Evaluate(e.curves, e.at);
  const ExprPool::Gradient g = e.pool.Differentiate(e.root, e.curves, e.at, values);
  EXPECT_TRUE(g.smooth);
  for (size_t i = 0; i < e.at.size(); ++i) {
    D up = e.at, down = e.at;
    const double h = e.at[i] * 1e-6;
    up[i] += h;
    down[i] -= h;
    const double slope =
        (e.pool.EvaluateOne(e.root, e.curves, up) - e.pool.EvaluateOne(e.root, e.curves, down)) / (2 * h);
    const double scale = values[static_cast<size_t>(e.root)] / e.at[i];
    EXPECT_NEAR(g.slopes[i], slope, 1e-8 * scale) << i;
    const CoefficientId id = static_cast<CoefficientId>(i);
    EXPECT_NEAR(e.pool.Slope(e.root, id, +1, e.curves, e.at, values), g.slopes[i], 1e-12 * scale) << i;
    EXPECT_NEAR(e.pool.Slope(e.root, id, -1, e.curves, e.at, values), -g.slopes[i], 1e-12 * scale) << i;
  }
}

TEST(Expr, BackwardAndForwardDerivativesAgreeWithDifferences) {
  for (const Interpolation shape : {Interpolation::kLinear, Interpolation::kLogLinear, Interpolation::kTimeLinear}) {
    SCOPED_TRACE(Name(shape));
    ExpectDerivativesOf(Everything(shape));
  }
}

TEST(Expr, DerivativesOfShapesThatHoldEverywhereAgreeWithDifferences) {
  for (const Interpolation shape : {Interpolation::kSaturating, Interpolation::kSigmoid}) {
    SCOPED_TRACE(Name(shape));
    const Curve curve{
        .key = "c", .x = Metric::kFlops, .interpolation = shape, .points = {{.x = 0, .y = 1}, {.x = 2, .y = 3}}};
    const D c = {5, 2, 40, 7};
    for (double x : {0.5, 5.0, 11.0, 40.0, 300.0}) {
      for (const CurveSlope& s : CurveSlopes(curve, x, c)) {
        D up = c, down = c;
        const double h = 1e-5 * c[static_cast<size_t>(s.id)];
        up[static_cast<size_t>(s.id)] += h;
        down[static_cast<size_t>(s.id)] -= h;
        const double difference = (EvaluateCurve(curve, x, up) - EvaluateCurve(curve, x, down)) / (2 * h);
        EXPECT_NEAR(s.up, difference, 1e-6 * (1 + std::abs(difference))) << x << " " << s.id;
        EXPECT_EQ(s.up, s.down);
      }
    }
  }
}

TEST(Expr, DerivativesAreOneSidedAtKinks) {
  ExprPool p;
  const ExprId a = p.OfCoefficient(0), b = p.OfCoefficient(1), one = p.OfCoefficient(2);
  const D c = {5, 5, 1};
  for (ExprId root : {p.Max({a, b}), p.Overlap(a, b, one)}) {
    const D values = p.Evaluate({}, c);
    EXPECT_FALSE(p.Differentiate(root, {}, c, values).smooth);
    EXPECT_EQ(p.Slope(root, 0, +1, {}, c, values), 1);
    EXPECT_EQ(p.Slope(root, 0, -1, {}, c, values), 0);
  }
  const ExprId hinge = p.Hinge(a, b);
  const D values = p.Evaluate({}, c);
  EXPECT_FALSE(p.Differentiate(hinge, {}, c, values).smooth);
  EXPECT_EQ(p.Slope(hinge, 0, +1, {}, c, values), 1);
  EXPECT_EQ(p.Slope(hinge, 0, -1, {}, c, values), 0);
  EXPECT_EQ(p.Slope(hinge, 1, -1, {}, c, values), 1);
}

TEST(Expr, CurveDerivativesOnAPointAndBeyondTheEnds) {
  // (1, 2), (3, 4), (7, 5); linear.
  const Curve curve{.key = "c",
                    .x = Metric::kFlops,
                    .interpolation = Interpolation::kLinear,
                    .points = {{.x = 0, .y = 1}, {.x = 2, .y = 3}, {.x = 4, .y = 5}}};
  const D c = {1, 2, 3, 4, 7, 5};
  const auto slope = [&](double x, CoefficientId id, bool up) {
    double sum = 0;
    for (const CurveSlope& s : CurveSlopes(curve, x, c)) {
      if (s.id == id) sum += up ? s.up : s.down;
    }
    return sum;
  };
  // On the middle point: its y counts alone; its x pushed up follows the left segment (slope 1), down the right (1/4).
  EXPECT_EQ(slope(3, 3, true), 1);
  EXPECT_EQ(slope(3, 1, true), 0);
  EXPECT_EQ(slope(3, 2, true), -1);
  EXPECT_EQ(slope(3, 2, false), -0.25);
  // Clamped.
  EXPECT_EQ(slope(100, 5, true), 1);
  EXPECT_EQ(slope(100, 4, true), 0);
  EXPECT_EQ(slope(0.5, 1, true), 1);
  EXPECT_EQ(slope(0.5, 3, true), 0);
}

}  // namespace
}  // namespace opcost
