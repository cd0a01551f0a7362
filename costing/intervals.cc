#include "costing/intervals.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace opcost {
namespace {

// The coefficients with every point of the curve moved by `direction` standard deviations.
std::vector<double> Moved(const Pricing& pricing, const Curve& curve, int direction) {
  std::vector<double> coefficients = pricing.coefficients;
  for (const CurvePoint& p : curve.points) coefficients[static_cast<size_t>(p.y)] += direction * p.std_dev;
  return coefficients;
}

// The spread at x is known, and a curve moved down by it stays above 0.
bool SpreadKnown(const Pricing& pricing, const RowPrice& price) {
  const Curve& curve = pricing.target.curves[static_cast<size_t>(price.curve)];
  if (price.range_x == kNoId) return false;
  const CurveReading reading = ReadCurve(curve, pricing.At(price.range_x), pricing.coefficients);
  for (int32_t i : {reading.first, reading.last}) {
    const CurvePoint& p = curve.points[static_cast<size_t>(i)];
    if (!(p.std_dev > 0) || !(pricing.coefficients[static_cast<size_t>(p.y)] > p.std_dev)) return false;
  }
  return true;
}

struct MovedCurves {
  std::vector<double> up, down;
};

}  // namespace

std::vector<std::optional<Interval>> PriceIntervals(const Pricing& pricing) {
  std::vector<std::optional<Interval>> intervals(pricing.prices.size());
  std::map<CurveId, MovedCurves> moved;
  for (size_t i = 0; i < pricing.prices.size(); ++i) {
    const RowPrice& price = pricing.prices[i];
    if (price.entry == kNoId || price.step == LookupStep::kExact) continue;
    const double t = pricing.At(price.seconds);
    const Entry& entry = pricing.target.entries[static_cast<size_t>(price.entry)];
    if (entry.relative_spread) {
      const double half = t * *entry.relative_spread;
      const int32_t source = static_cast<int32_t>(pricing.target.curves.size()) + price.entry;
      intervals[i] = Interval{std::max(t - half, double{0}), t + half, source};
      continue;
    }
    if (price.curve == kNoId || !SpreadKnown(pricing, price)) continue;
    const Curve& curve = pricing.target.curves[static_cast<size_t>(price.curve)];
    const auto [it, inserted] = moved.try_emplace(price.curve);
    if (inserted) it->second = {Moved(pricing, curve, +1), Moved(pricing, curve, -1)};
    const double a = pricing.pool.EvaluateOne(price.seconds, pricing.target.curves, it->second.up);
    const double b = pricing.pool.EvaluateOne(price.seconds, pricing.target.curves, it->second.down);
    const Interval interval{std::min({a, b, t}), std::max({a, b, t}), price.curve};
    if (interval.lo < interval.hi) intervals[i] = interval;
  }
  return intervals;
}

TotalInterval SumIntervals(const Pricing& pricing, const std::vector<std::optional<Interval>>& intervals,
                           const std::vector<bool>& counted) {
  std::map<int32_t, std::pair<double, double>> by_source;  // time saved, time added
  double known = 0, all = 0;
  for (size_t i = 0; i < pricing.rows.size(); ++i) {
    if (!counted[i]) continue;
    const double t = pricing.At(pricing.PriceOf(i).seconds);
    all += t;
    const std::optional<Interval>& interval = intervals[static_cast<size_t>(pricing.rows[i].price)];
    if (!interval) continue;
    known += t;
    auto& [less, more] = by_source[interval->source];
    less += t - interval->lo;
    more += interval->hi - t;
  }
  TotalInterval total;
  if (by_source.empty()) return total;
  double less = 0, more = 0;
  for (const auto& [source, sides] : by_source) {
    less += sides.first * sides.first;
    more += sides.second * sides.second;
  }
  const double device = pricing.At(pricing.device), whole = pricing.At(pricing.total);
  const double host = pricing.host == kNoId ? 0 : pricing.At(pricing.host);
  const double constant = whole - std::max(device, host);
  total.lo_s = std::min(whole, std::max(device - std::sqrt(less), host) + constant);
  total.hi_s = std::max(whole, std::max(device + std::sqrt(more), host) + constant);
  total.share = all > 0 ? known / all : 0;
  return total;
}

}  // namespace opcost
