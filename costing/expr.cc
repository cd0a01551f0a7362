#include "costing/expr.h"

#include <algorithm>

namespace opcost {
namespace {

constexpr size_t kInlineChildren = std::tuple_size_v<decltype(ExprNode::children)>;

}  // namespace

ExprId ExprPool::Intern(const ExprNode& node) {
  const auto [it, inserted] = index_.try_emplace(node, size());
  if (inserted) nodes_.push_back(node);
  return it->second;
}

ExprId ExprPool::OfWork(int64_t amount, Metric metric) {
  return Intern({.kind = ExprKind::kWork, .metric = metric, .amount = amount});
}

ExprId ExprPool::OfCount(int64_t amount) { return OfWork(amount, Metric::kCount); }

ExprId ExprPool::OfCoefficient(CoefficientId id) { return Intern({.kind = ExprKind::kCoefficient, .leaf = id}); }

ExprId ExprPool::OfCurve(CurveId id, ExprId x) {
  return Intern({.kind = ExprKind::kCurve, .arity = 1, .children = {x, kNoId, kNoId}, .leaf = id});
}

ExprId ExprPool::Nary(ExprKind kind, absl::Span<const ExprId> children) {
  if (children.empty()) return OfCount(0);
  if (children.size() == 1) return children[0];
  ExprNode node{.kind = kind, .arity = static_cast<uint32_t>(children.size())};
  if (children.size() <= kInlineChildren) {
    std::copy(children.begin(), children.end(), node.children.begin());
    return Intern(node);
  }
  // Long lists are totals, of which there is one each: not worth a look-up.
  node.children[0] = static_cast<ExprId>(lists_.size());
  lists_.insert(lists_.end(), children.begin(), children.end());
  nodes_.push_back(node);
  return size() - 1;
}

ExprId ExprPool::Sum(absl::Span<const ExprId> terms) { return Nary(ExprKind::kSum, terms); }
ExprId ExprPool::Max(absl::Span<const ExprId> sides) { return Nary(ExprKind::kMax, sides); }

ExprId ExprPool::Overlap(ExprId a, ExprId b, ExprId w) {
  return Intern({.kind = ExprKind::kOverlap, .arity = 3, .children = {a, b, w}});
}
ExprId ExprPool::Mul(ExprId a, ExprId b) {
  return Intern({.kind = ExprKind::kMul, .arity = 2, .children = {a, b, kNoId}});
}
ExprId ExprPool::Div(ExprId a, ExprId b) {
  return Intern({.kind = ExprKind::kDiv, .arity = 2, .children = {a, b, kNoId}});
}
ExprId ExprPool::Hinge(ExprId value, ExprId threshold) {
  return Intern({.kind = ExprKind::kHinge, .arity = 2, .children = {value, threshold, kNoId}});
}

absl::Span<const ExprId> ExprPool::Children(ExprId id) const {
  const ExprNode& n = node(id);
  if (n.arity <= kInlineChildren) return absl::MakeConstSpan(n.children.data(), n.arity);
  return absl::MakeConstSpan(lists_.data() + n.children[0], n.arity);
}

double ExprPool::ValueOf(const ExprNode& node, absl::Span<const ExprId> children, const std::vector<Curve>& curves,
                         const std::vector<double>& coefficients, const std::vector<double>& values) const {
  const auto value = [&](size_t i) { return values[static_cast<size_t>(children[i])]; };
  switch (node.kind) {
    case ExprKind::kWork:
      return static_cast<double>(node.amount);
    case ExprKind::kCoefficient:
      return coefficients[static_cast<size_t>(node.leaf)];
    case ExprKind::kCurve:
      return EvaluateCurve(curves[static_cast<size_t>(node.leaf)], value(0), coefficients);
    case ExprKind::kSum:
    case ExprKind::kMax: {
      double result = value(0);
      for (size_t i = 1; i < children.size(); ++i) Accumulate(node.kind, value(i), result);
      return result;
    }
    case ExprKind::kOverlap:
      return OverlapOf(value(0), value(1), value(2));
    case ExprKind::kMul:
      return value(0) * value(1);
    case ExprKind::kDiv:
      return value(0) / value(1);
    case ExprKind::kHinge:
      return HingeOf(value(0), value(1));
  }
  return 0;
}

std::vector<double> ExprPool::Evaluate(const std::vector<Curve>& curves,
                                       const std::vector<double>& coefficients) const {
  std::vector<double> values(nodes_.size());
  for (ExprId id = 0; id < size(); ++id) {
    values[static_cast<size_t>(id)] = ValueOf(node(id), Children(id), curves, coefficients, values);
  }
  return values;
}

double ExprPool::EvaluateOne(ExprId root, const std::vector<Curve>& curves,
                             const std::vector<double>& coefficients) const {
  // Children first. Trees of one row are small, so a value may be computed twice.
  const absl::Span<const ExprId> children = Children(root);
  std::vector<double> values(children.size());
  std::vector<ExprId> local(children.size());
  for (size_t i = 0; i < children.size(); ++i) {
    values[i] = EvaluateOne(children[i], curves, coefficients);
    local[i] = static_cast<ExprId>(i);
  }
  return ValueOf(node(root), local, curves, coefficients, values);
}

}  // namespace opcost
