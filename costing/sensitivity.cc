// What every coefficient does to the total, or what hides it: walks over the expression that the total was computed
// from.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "costing/pricing.h"

namespace opcost {
namespace {

constexpr double kOnePercent = 0.01;  // the unit of seconds_per_percent
constexpr size_t kMostNames = 4;      // of coefficients named as what hides another

// A place where something loses: it would show if it were `margin` times as large.
struct Hiding {
  std::string by;
  int64_t rows = 0;  // 0: above the rows
  double margin = 0;
};

class HiddenFinder {
 public:
  explicit HiddenFinder(const Pricing& pricing) : pricing_(pricing), pool_(pricing.pool) {
    MarkReachable();
    CountRows();
  }

  bool Reachable(ExprId id) const { return reachable_[static_cast<size_t>(id)]; }

  // Per expression: does it contain the coefficient?
  std::vector<bool> Containing(CoefficientId c) const {
    std::vector<bool> contains(reachable_.size());
    for (ExprId id = 0; id < static_cast<ExprId>(contains.size()); ++id) {
      const ExprNode& n = pool_.node(id);
      bool found = n.kind == ExprKind::kCoefficient && n.leaf == c;
      if (n.kind == ExprKind::kCurve) found = HasPoint(n.leaf, c);
      for (ExprId child : pool_.Children(id)) found = found || contains[static_cast<size_t>(child)];
      contains[static_cast<size_t>(id)] = found;
    }
    return contains;
  }

  std::vector<Hiding> Find(CoefficientId c, const std::vector<bool>& contains) const {
    std::vector<Hiding> found;
    for (ExprId id = 0; id < static_cast<ExprId>(contains.size()); ++id) {
      if (!reachable_[static_cast<size_t>(id)] || !contains[static_cast<size_t>(id)]) continue;
      if (std::optional<Hiding> h = At(id, c, contains)) found.push_back(*std::move(h));
    }
    return found;
  }

 private:
  void MarkReachable() {
    reachable_.assign(static_cast<size_t>(pricing_.total) + 1, false);
    reachable_.back() = true;
    for (ExprId id = pricing_.total; id >= 0; --id) {
      if (!reachable_[static_cast<size_t>(id)]) continue;
      for (ExprId child : pool_.Children(id)) reachable_[static_cast<size_t>(child)] = true;
    }
  }

  // In how many rows each expression occurs.
  void CountRows() {
    rows_.assign(reachable_.size(), 0);
    std::vector<int64_t> rows_of(pricing_.prices.size());
    for (const PricedRow& row : pricing_.rows) ++rows_of[static_cast<size_t>(row.price)];
    for (size_t p = 0; p < pricing_.prices.size(); ++p) {
      const ExprId root = pricing_.prices[p].seconds;
      if (static_cast<size_t>(root) < rows_.size()) CountBelow(root, rows_of[p]);
    }
  }
  void CountBelow(ExprId root, int64_t rows) {
    std::vector<ExprId> open = {root}, seen;
    while (!open.empty()) {
      const ExprId id = open.back();
      open.pop_back();
      if (std::find(seen.begin(), seen.end(), id) != seen.end()) continue;
      seen.push_back(id);
      rows_[static_cast<size_t>(id)] += rows;
      for (ExprId child : pool_.Children(id)) open.push_back(child);
    }
  }

  bool HasPoint(CurveId curve, CoefficientId c) const {
    const std::vector<CurvePoint>& points = pricing_.target.curves[static_cast<size_t>(curve)].points;
    return std::any_of(points.begin(), points.end(), [c](const CurvePoint& p) { return p.x == c || p.y == c; });
  }

  std::optional<Hiding> At(ExprId id, CoefficientId c, const std::vector<bool>& contains) const {
    const ExprNode& n = pool_.node(id);
    const auto children = pool_.Children(id);
    switch (n.kind) {
      case ExprKind::kMax:
        return Contest(id, children, c, contains);
      case ExprKind::kOverlap:
        if (pricing_.At(children[2]) != 1) return std::nullopt;  // the smaller side shows
        return Contest(id, children.subspan(0, 2), c, contains);
      case ExprKind::kHinge:
        if (pricing_.At(children[0]) > pricing_.At(children[1])) return std::nullopt;
        return Hiding{absl::StrCat("its threshold, which no size exceeds"), rows_[static_cast<size_t>(id)],
                      pricing_.At(children[1]) / pricing_.At(children[0])};
      case ExprKind::kCurve:
        return BesideCurve(id, n.leaf, c);
      default:
        return std::nullopt;
    }
  }

  std::optional<Hiding> Contest(ExprId id, absl::Span<const ExprId> sides, CoefficientId,
                                const std::vector<bool>& contains) const {
    size_t winner = 0;
    for (size_t i = 1; i < sides.size(); ++i) {
      if (pricing_.At(sides[i]) > pricing_.At(sides[winner])) winner = i;
    }
    double largest_loser = 0;
    for (size_t i = 0; i < sides.size(); ++i) {
      if (i == winner || !contains[static_cast<size_t>(sides[i])]) continue;
      largest_loser = std::max(largest_loser, pricing_.At(sides[i]));
    }
    if (largest_loser == 0) return std::nullopt;
    return Hiding{NameOf(id, sides[winner]), rows_[static_cast<size_t>(id)],
                  pricing_.At(sides[winner]) / largest_loser};
  }

  // A point that no size lies beside: how far the nearest size is from where it would count.
  std::optional<Hiding> BesideCurve(ExprId id, CurveId curve_id, CoefficientId c) const {
    const Curve& curve = pricing_.target.curves[static_cast<size_t>(curve_id)];
    const double x = pricing_.At(pool_.Children(id)[0]);
    for (const CurveSlope& s : CurveSlopes(curve, x, pricing_.coefficients)) {
      if (s.id == c && (s.up != 0 || s.down != 0)) return std::nullopt;
    }
    if (curve.points.size() < 2) return std::nullopt;
    const auto point_x = [&](size_t i) { return pricing_.coefficients[static_cast<size_t>(curve.points[i].x)]; };
    double margin = 0;
    for (size_t i = 0; i < curve.points.size(); ++i) {
      if (curve.points[i].x != c && curve.points[i].y != c) continue;
      if (i > 0 && x <= point_x(i - 1) && x > 0) margin = point_x(i - 1) / x;
      if (i + 1 < curve.points.size() && x >= point_x(i + 1)) margin = x / point_x(i + 1);
    }
    return Hiding{absl::StrCat("the other points of ", curve.key, ": no size lies beside this one"),
                  rows_[static_cast<size_t>(id)], margin};
  }

  std::string NameOf(ExprId kink, ExprId winner) const {
    if (winner == pricing_.device && pricing_.host != kNoId) return "the device's time";
    if (winner == pricing_.host) return "the host's enqueue time";
    if (rows_[static_cast<size_t>(kink)] == 0) return "the dearer branch";
    std::vector<std::string> names;
    std::vector<ExprId> open = {winner};
    while (!open.empty()) {
      const ExprId id = open.back();
      open.pop_back();
      const ExprNode& n = pool_.node(id);
      std::string name;
      if (n.kind == ExprKind::kCoefficient) name = pricing_.target.coefficients[static_cast<size_t>(n.leaf)].key;
      if (n.kind == ExprKind::kCurve) name = pricing_.target.curves[static_cast<size_t>(n.leaf)].key;
      if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      const auto children = pool_.Children(id);
      for (size_t i = children.size(); i > 0; --i) open.push_back(children[i - 1]);
    }
    const bool more = names.size() > kMostNames;
    if (more) names.resize(kMostNames);
    return absl::StrCat(absl::StrJoin(names, " × "), more ? " …" : "");
  }

  const Pricing& pricing_;
  const ExprPool& pool_;
  std::vector<bool> reachable_;
  std::vector<int64_t> rows_;
};

// One sentence for all the places: those above the rows decide; else the rows, by what hides them in most.
void Describe(const std::vector<Hiding>& places, Estimate::Effect& effect) {
  if (effect.value == 0) {
    effect.hidden_under = "its value of 0";
    return;
  }
  if (places.empty()) {
    effect.hidden_under = "its work, which is 0 in all rows";
    return;
  }
  struct Group {
    int64_t rows = 0;
    double margin = 0;
  };
  const bool above = std::any_of(places.begin(), places.end(), [](const Hiding& h) { return h.rows == 0; });
  std::map<std::string, Group> groups;
  for (const Hiding& h : places) {
    if (above && h.rows != 0) continue;
    Group& g = groups[h.by];
    g.margin = g.margin == 0 ? h.margin : std::min(g.margin, h.margin);
    g.rows += h.rows;
  }
  std::vector<std::pair<std::string, Group>> ordered(groups.begin(), groups.end());
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.second.rows > b.second.rows; });
  std::vector<std::string> texts;
  effect.margin = ordered.front().second.margin;
  for (const auto& [by, g] : ordered) {
    texts.push_back(g.rows == 0 ? by : absl::StrCat(by, " in ", g.rows, g.rows == 1 ? " row" : " rows"));
    effect.margin = std::min(effect.margin, g.margin);
  }
  effect.hidden_under = absl::StrJoin(texts, ", ");
}

}  // namespace

std::vector<Estimate::Effect> Estimate::Sensitivity() const {
  const Pricing& p = *impl_;
  const double total = Total();
  const HiddenFinder finder(p);
  const ExprPool::Gradient gradient = p.pool.Differentiate(p.total, p.target.curves, p.coefficients, p.values);
  std::vector<Effect> effects;
  for (size_t i = 0; i < p.target.coefficients.size(); ++i) {
    const CoefficientId id = static_cast<CoefficientId>(i);
    const Coefficient& c = p.target.coefficients[i];
    Effect effect{.key = c.key, .value = c.value(), .source = c.layers.back().source};
    const std::vector<bool> contains = finder.Containing(id);
    effect.used = contains[static_cast<size_t>(p.total)];
    if (effect.used && total > 0) {
      double up = gradient.slopes[i], down = gradient.slopes[i];
      if (!gradient.smooth) {
        up = p.pool.Slope(p.total, id, +1, p.target.curves, p.coefficients, p.values);
        down = -p.pool.Slope(p.total, id, -1, p.target.curves, p.coefficients, p.values);
      }
      effect.elasticity_up = up * effect.value / total;
      effect.elasticity_down = down * effect.value / total;
      std::vector<double> moved = p.coefficients;
      moved[i] *= 1 + kOnePercent;
      effect.seconds_per_percent = TotalUnder(moved) - total;
    }
    if (effect.used && effect.elasticity_up == 0 && effect.elasticity_down == 0) {
      Describe(finder.Find(id, contains), effect);
    }
    effects.push_back(std::move(effect));
  }
  std::stable_sort(effects.begin(), effects.end(), [](const Effect& a, const Effect& b) {
    const auto size = [](const Effect& e) { return std::max(std::abs(e.elasticity_up), std::abs(e.elasticity_down)); };
    return size(a) != size(b) ? size(a) > size(b) : a.used && !b.used;
  });
  return effects;
}

}  // namespace opcost
