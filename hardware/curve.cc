#include <algorithm>
#include <cmath>
#include <cstddef>

#include "hardware/target.h"

namespace opcost {
namespace {

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

}  // namespace

CurveReading ReadCurve(const Curve& curve, double x, const std::vector<double>& values) {
  const std::vector<CurvePoint>& points = curve.points;
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
