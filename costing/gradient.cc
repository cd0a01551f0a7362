// Derivatives of expressions: one backward pass for all coefficients, and a forward pass for one coefficient in one
// direction, which is exact on kinks too.
#include <cmath>

#include "costing/expr.h"

namespace opcost {
namespace {

double At(CoefficientId id, const std::vector<double>& coefficients) { return coefficients[static_cast<size_t>(id)]; }

double Scale(const Curve& curve, double x) {
  return curve.interpolation == Interpolation::kLogLinear ? std::log(x) : x;
}
double ScaleSlope(const Curve& curve, double x) { return curve.interpolation == Interpolation::kLogLinear ? 1 / x : 1; }

// Derivatives of the value at x, read off the segment [left, left + 1], with regard to the ends of that segment.
struct SegmentSlopes {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

// y = y0 + (y1 − y0) · s, s = 1 / (1 + exp(−a · (ln x − (ln x0 + ln x1) / 2))), a = 2 ln 9 / (ln x1 − ln x0).
SegmentSlopes SigmoidSlopes(const SegmentSlopes& at, double x) {
  const double length = std::log(at.x1 / at.x0);
  if (!(length > 0)) return {};
  const double steep = 2 * std::log(9.0) / length, from_middle = std::log(x) - std::log(at.x0 * at.x1) / 2;
  const double s = 1 / (1 + std::exp(-steep * from_middle));
  // z = a · from_middle: by ln x0, a grows by a / length and the middle moves by a half; by ln x1 a shrinks.
  const double by_z = (at.y1 - at.y0) * s * (1 - s);
  return {.x0 = by_z * (steep / length * from_middle - steep / 2) / at.x0,
          .y0 = 1 - s,
          .x1 = by_z * (-steep / length * from_middle - steep / 2) / at.x1,
          .y1 = s};
}

SegmentSlopes SlopesOf(const Curve& curve, size_t left, double x, const std::vector<double>& coefficients) {
  const CurvePoint &a = curve.points[left], &b = curve.points[left + 1];
  const double x0 = At(a.x, coefficients), x1 = At(b.x, coefficients);
  const double y0 = At(a.y, coefficients), y1 = At(b.y, coefficients);
  if (curve.interpolation == Interpolation::kSigmoid) return SigmoidSlopes({x0, y0, x1, y1}, x);
  const double length = Scale(curve, x1) - Scale(curve, x0);
  if (!(length > 0)) return {};  // a jump: moving it past x is no slope
  const double u = (Scale(curve, x) - Scale(curve, x0)) / length;
  if (curve.interpolation == Interpolation::kTimeLinear || curve.interpolation == Interpolation::kSaturating) {
    // y = x / t with t between x0 / y0 and x1 / y1.
    const double t0 = x0 / y0, t1 = x1 / y1, t = t0 + (t1 - t0) * u;
    const double by_t = -x / (t * t), slope = (t1 - t0) / length;
    return {.x0 = by_t * (1 - u) * (1 / y0 - slope),
            .y0 = by_t * (1 - u) * (-t0 / y0),
            .x1 = by_t * u * (1 / y1 - slope),
            .y1 = by_t * u * (-t1 / y1)};
  }
  const double slope = (y1 - y0) / length;
  return {
      .x0 = slope * (u - 1) * ScaleSlope(curve, x0), .y0 = 1 - u, .x1 = -slope * u * ScaleSlope(curve, x1), .y1 = u};
}

}  // namespace

std::vector<CurveSlope> CurveSlopes(const Curve& curve, double x, const std::vector<double>& coefficients) {
  const CurveReading reading = ReadCurve(curve, x, coefficients);
  const size_t left = static_cast<size_t>(reading.first);
  const CurvePoint& point = curve.points[left];
  if (reading.first != reading.last) {
    const CurvePoint& next = curve.points[left + 1];
    const SegmentSlopes s = SlopesOf(curve, left, x, coefficients);
    return {{point.y, s.y0, s.y0}, {next.y, s.y1, s.y1}, {point.x, s.x0, s.x0}, {next.x, s.x1, s.x1}};
  }
  std::vector<CurveSlope> slopes = {{point.y, 1, 1}};
  if (point.x == kNoId || x != At(point.x, coefficients)) return slopes;
  // x stands on the point: pushed up it leaves x in the segment before, pushed down in the one after.
  CurveSlope end{point.x};
  if (left > 0) end.up = SlopesOf(curve, left - 1, x, coefficients).x1;
  if (left + 1 < curve.points.size()) end.down = SlopesOf(curve, left, x, coefficients).x0;
  slopes.push_back(end);
  return slopes;
}

ExprPool::Gradient ExprPool::Differentiate(ExprId root, const std::vector<Curve>& curves,
                                           const std::vector<double>& coefficients,
                                           const std::vector<double>& at) const {
  Gradient gradient{.slopes = std::vector<double>(coefficients.size())};
  std::vector<double> adjoint(static_cast<size_t>(root) + 1);
  adjoint[static_cast<size_t>(root)] = 1;
  for (ExprId id = root; id >= 0; --id) {
    const double a = adjoint[static_cast<size_t>(id)];
    if (a == 0) continue;
    const ExprNode& n = node(id);
    const absl::Span<const ExprId> c = Children(id);
    const auto value = [&](size_t i) { return at[static_cast<size_t>(c[i])]; };
    const auto push = [&](size_t i, double slope) { adjoint[static_cast<size_t>(c[i])] += a * slope; };
    switch (n.kind) {
      case ExprKind::kWork:
        break;
      case ExprKind::kCoefficient:
        gradient.slopes[static_cast<size_t>(n.leaf)] += a;
        break;
      case ExprKind::kCurve:
        for (const CurveSlope& s : CurveSlopes(curves[static_cast<size_t>(n.leaf)], value(0), coefficients)) {
          gradient.slopes[static_cast<size_t>(s.id)] += a * s.up;
          gradient.smooth = gradient.smooth && s.up == s.down;
        }
        break;
      case ExprKind::kSum:
        for (size_t i = 0; i < c.size(); ++i) push(i, 1);
        break;
      case ExprKind::kMax: {
        size_t winner = 0;
        for (size_t i = 1; i < c.size(); ++i) {
          if (value(i) == value(winner) && c[i] != c[winner]) gradient.smooth = false;
          if (value(i) > value(winner)) winner = i;
        }
        push(winner, 1);
        break;
      }
      case ExprKind::kOverlap: {
        const size_t winner = value(0) >= value(1) ? 0 : 1;
        if (value(0) == value(1) && value(2) != 0) gradient.smooth = false;
        push(winner, 1);
        push(1 - winner, 1 - value(2));
        push(2, -value(1 - winner));
        break;
      }
      case ExprKind::kMul:
        push(0, value(1));
        push(1, value(0));
        break;
      case ExprKind::kDiv:
        push(0, 1 / value(1));
        push(1, -value(0) / (value(1) * value(1)));
        break;
      case ExprKind::kHinge:
        if (value(0) == value(1)) gradient.smooth = false;
        if (value(0) > value(1)) {
          push(0, 1);
          push(1, -1);
        }
        break;
    }
  }
  return gradient;
}

double ExprPool::Slope(ExprId root, CoefficientId coefficient, int direction, const std::vector<Curve>& curves,
                       const std::vector<double>& coefficients, const std::vector<double>& at) const {
  std::vector<double> slope(static_cast<size_t>(root) + 1);
  for (ExprId id = 0; id <= root; ++id) {
    const ExprNode& n = node(id);
    const absl::Span<const ExprId> c = Children(id);
    const auto value = [&](size_t i) { return at[static_cast<size_t>(c[i])]; };
    const auto d = [&](size_t i) { return slope[static_cast<size_t>(c[i])]; };
    double result = 0;
    switch (n.kind) {
      case ExprKind::kWork:
        break;
      case ExprKind::kCoefficient:
        result = n.leaf == coefficient ? direction : 0;
        break;
      case ExprKind::kCurve:
        for (const CurveSlope& s : CurveSlopes(curves[static_cast<size_t>(n.leaf)], value(0), coefficients)) {
          if (s.id == coefficient) result += direction > 0 ? s.up : -s.down;
        }
        break;
      case ExprKind::kSum:
        for (size_t i = 0; i < c.size(); ++i) result += d(i);
        break;
      case ExprKind::kMax: {
        size_t winner = 0;
        for (size_t i = 1; i < c.size(); ++i) {
          if (value(i) > value(winner) || (value(i) == value(winner) && d(i) > d(winner))) winner = i;
        }
        result = d(winner);
        break;
      }
      case ExprKind::kOverlap: {
        const bool first = value(0) > value(1) || (value(0) == value(1) && d(0) >= d(1));
        const size_t winner = first ? 0 : 1;
        result = d(winner) + (1 - value(2)) * d(1 - winner) - d(2) * value(1 - winner);
        break;
      }
      case ExprKind::kMul:
        result = d(0) * value(1) + value(0) * d(1);
        break;
      case ExprKind::kDiv:
        result = (d(0) - d(1) * value(0) / value(1)) / value(1);
        break;
      case ExprKind::kHinge: {
        const double moved = d(0) - d(1);
        if (value(0) > value(1)) result = moved;
        if (value(0) == value(1)) result = std::max(moved, double{0});
        break;
      }
    }
    slope[static_cast<size_t>(id)] = result;
  }
  return slope[static_cast<size_t>(root)];
}

}  // namespace opcost
