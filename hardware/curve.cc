#include <algorithm>
#include <cmath>
#include <cstddef>

#include "hardware/target.h"

namespace opcost {
namespace {

// A tenth and nine tenths of the way are odds of 9 against and for.
constexpr double kSigmoidOdds = 9;
constexpr double kLeastSize = 1e-30;

double At(const std::vector<double>& values, CoefficientId id) { return values[static_cast<size_t>(id)]; }

CurveReading AtPoint(const Curve& curve, size_t index, const std::vector<double>& values, bool clamped) {
  const CurvePoint& point = curve.points[index];
  const int32_t i = static_cast<int32_t>(index);
  return {At(values, point.y), clamped, point.std_dev, point.evidence, i, i};
}

// How far x lies from x0 to x1, in [0, 1], on the curve's own scale.
double Share(Interpolation interpolation, double x, double x0, double x1) {
  if (interpolation != Interpolation::kLogLinear) return (x - x0) / (x1 - x0);
  return (std::log(x) - std::log(x0)) / (std::log(x1) - std::log(x0));
}

double Between(double from, double to, double share) { return from + (to - from) * share; }

// How far a sigmoid has gone at x: 0.1 at x0, 0.9 at x1, in log x.
double SigmoidShare(double x, double x0, double x1) {
  const double steep = 2 * std::log(kSigmoidOdds) / std::log(x1 / x0);
  return 1 / (1 + std::exp(-steep * (std::log(x) - std::log(x0 * x1) / 2)));
}

// Of the shapes that hold everywhere.
CurveReading ReadShape(const Curve& curve, double x, const std::vector<double>& values) {
  const CurvePoint &a = curve.points[0], &b = curve.points[1];
  const double x0 = At(values, a.x), x1 = At(values, b.x), y0 = At(values, a.y), y1 = At(values, b.y);
  CurveReading reading{.evidence = std::max(a.evidence, b.evidence), .first = 0, .last = 1};
  // An override may have put the points on top of each other, or so that the line of times falls.
  const double at = std::max(x, kLeastSize), length = std::max(x1 - x0, kLeastSize);
  if (curve.interpolation == Interpolation::kSaturating) {
    const double t0 = x0 / y0, t1 = x1 / y1;
    reading.value = at / std::max(t0 + (t1 - t0) * (at - x0) / length, kLeastSize);
  } else {
    reading.value = x0 < x1 ? Between(y0, y1, SigmoidShare(at, x0, x1)) : y1;
  }
  const double share = std::clamp((x - x0) / length, 0.0, 1.0);
  if (a.std_dev > 0 && b.std_dev > 0) reading.std_dev = Between(a.std_dev, b.std_dev, share);
  return reading;
}

}  // namespace

CurveReading ReadCurve(const Curve& curve, double x, const std::vector<double>& values) {
  const std::vector<CurvePoint>& points = curve.points;
  if (HoldsEverywhere(curve.interpolation) && points.size() == 2) return ReadShape(curve, x, values);
  if (points.size() == 1) return AtPoint(curve, 0, values, /*clamped=*/false);
  // The first point beyond x: at a jump the later of the two points holds at x itself. An override may have put the
  // points out of order; then this is still some point, and the same one for the same values.
  const auto beyond = std::upper_bound(points.begin(), points.end(), x, [&](double value, const CurvePoint& point) {
    return value < At(values, point.x);
  });
  const size_t next = static_cast<size_t>(beyond - points.begin());
  if (next == 0) return AtPoint(curve, 0, values, x < At(values, points.front().x));
  const double x0 = At(values, points[next - 1].x);
  if (next == points.size() || x <= x0) return AtPoint(curve, next - 1, values, x > x0);
  CurveReading reading;
  reading.first = static_cast<int32_t>(next) - 1;
  reading.last = static_cast<int32_t>(next);
  const CurvePoint& a = points[next - 1];
  const CurvePoint& b = points[next];
  const double x1 = At(values, b.x), y0 = At(values, a.y), y1 = At(values, b.y);
  const double share = std::clamp(Share(curve.interpolation, x, x0, x1), 0.0, 1.0);
  reading.value =
      curve.interpolation == Interpolation::kTimeLinear ? x / Between(x0 / y0, x1 / y1, share) : Between(y0, y1, share);
  if (a.std_dev > 0 && b.std_dev > 0) reading.std_dev = Between(a.std_dev, b.std_dev, share);
  reading.evidence = std::max(a.evidence, b.evidence);
  return reading;
}

double EvaluateCurve(const Curve& curve, double x, const std::vector<double>& values, bool* clamped) {
  const CurveReading reading = ReadCurve(curve, x, values);
  if (clamped != nullptr) *clamped = reading.clamped;
  return reading.value;
}

}  // namespace opcost
