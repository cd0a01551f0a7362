#include "costing/extract.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "costing/units.h"

namespace opcost {
namespace {

void FillCurve(const Target& target, int32_t id, const CurveReading& reading, FormulaNode& node) {
  const Curve& curve = target.curves[static_cast<size_t>(id)];
  const auto y_of = [&](int32_t point) -> const Coefficient& {
    return target.coefficients[static_cast<size_t>(curve.points[static_cast<size_t>(point)].y)];
  };
  const Coefficient& left = y_of(reading.first);
  const Coefficient& right = y_of(reading.last);
  node.key = curve.key;
  node.term_class = left.term_class;
  node.evidence = reading.evidence;
  node.clamped = reading.clamped;
  node.source = left.layers.back().source;
  if (right.layers.back().source != node.source) absl::StrAppend(&node.source, ", ", right.layers.back().source);
}

class Extractor {
 public:
  Extractor(const ExprPool& pool, const Target& target, const std::vector<double>& values)
      : pool_(pool), target_(target), values_(values) {
    coefficients_.reserve(target.coefficients.size());
    for (const Coefficient& c : target.coefficients) coefficients_.push_back(c.value());
  }

  int32_t Add(ExprId id) {
    if (const int32_t seen = Seen(id); seen != kNoId) return seen;
    FormulaNode node;
    const ExprNode& expr = pool_.node(id);
    node.children.reserve(expr.arity);
    for (ExprId child : pool_.Children(id)) node.children.push_back(Add(child));
    Fill(id, expr, node);
    const int32_t place = static_cast<int32_t>(nodes_.size());
    nodes_.push_back(std::move(node));
    if (large_.empty() && order_.size() < kSmall) {
      order_.push_back(id);
    } else {
      if (large_.empty()) {
        for (size_t i = 0; i < order_.size(); ++i) large_.emplace(order_[i], static_cast<int32_t>(i));
      }
      large_.emplace(id, place);
    }
    return place;
  }
  Formula Take() { return {SharedVector<FormulaNode>(std::move(nodes_))}; }

 private:
  static constexpr size_t kSmall = 32;  // below, searching a list beats hashing

  int32_t Seen(ExprId id) const {
    if (!large_.empty()) {
      const auto it = large_.find(id);
      return it == large_.end() ? kNoId : it->second;
    }
    const auto it = std::find(order_.begin(), order_.end(), id);
    return it == order_.end() ? kNoId : static_cast<int32_t>(it - order_.begin());
  }

  void Fill(ExprId id, const ExprNode& expr, FormulaNode& node) const {
    node.kind = expr.kind;
    if (expr.kind == ExprKind::kWork) {
      node.value = values_[static_cast<size_t>(id)];
      const absl::string_view key = WorkName(expr.metric), unit = UnitOf(expr.metric);
      node.key.assign(key.data(), key.size());
      node.unit.assign(unit.data(), unit.size());
    } else if (expr.kind == ExprKind::kCoefficient) {
      const Coefficient& c = target_.coefficients[static_cast<size_t>(expr.leaf)];
      node.value = values_[static_cast<size_t>(id)];
      node.key = c.key;
      node.term_class = c.term_class;
      node.source = c.layers.back().source;
      node.evidence = c.evidence;
      node.unit = c.unit;
    } else if (expr.kind == ExprKind::kCurve) {
      node.value = values_[static_cast<size_t>(id)];
      const double x = values_[static_cast<size_t>(pool_.Children(id)[0])];
      FillCurve(target_, expr.leaf, ReadCurve(target_.curves[static_cast<size_t>(expr.leaf)], x, coefficients_), node);
    }
  }

  const ExprPool& pool_;
  const Target& target_;
  std::vector<double> coefficients_;
  const std::vector<double>& values_;
  std::vector<FormulaNode> nodes_;
  std::vector<ExprId> order_;
  absl::flat_hash_map<ExprId, int32_t> large_;
};

}  // namespace

Formula ExtractFormula(const ExprPool& pool, ExprId root, const Target& target, const std::vector<double>& values) {
  Extractor extractor(pool, target, values);
  extractor.Add(root);
  return extractor.Take();
}

}  // namespace opcost
