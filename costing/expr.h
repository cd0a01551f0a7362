// Estimates as expressions. A time is never a number with a log beside it: it is the tree that the number is computed
// from, over leaves that are counts, coefficients and curves. No constructor takes a floating-point number, so a
// literal cannot get into an estimate.
//
// All expressions of a model live in one flat array; children stand before their parents, so one linear pass evaluates
// everything and one backward pass differentiates it. Equal expressions are one.
#ifndef OPCOST_COSTING_EXPR_H_
#define OPCOST_COSTING_EXPR_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "costing/formula.h"
#include "hardware/target.h"

namespace opcost {

using ExprId = int32_t;

struct ExprNode {
  ExprKind kind = ExprKind::kWork;
  Metric metric = Metric::kCount;  // kWork: of what; kCount: a plain number of repeats
  uint32_t arity = 0;
  // Up to three children; for more, [0] is where they begin in the pool's list.
  std::array<ExprId, 3> children = {kNoId, kNoId, kNoId};
  int32_t leaf = kNoId;  // CoefficientId or CurveId
  int64_t amount = 0;    // kWork

  bool operator==(const ExprNode&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const ExprNode& n) {
    return H::combine(std::move(h), n.kind, n.metric, n.arity, n.children, n.leaf, n.amount);
  }
};

class ExprPool {
 public:
  ExprId OfWork(int64_t amount, Metric metric);
  ExprId OfCount(int64_t amount);  // repeats
  ExprId OfCoefficient(CoefficientId id);
  ExprId OfCurve(CurveId id, ExprId x);
  // Added up from left to right. Of nothing: a count of 0; of one: itself.
  ExprId Sum(absl::Span<const ExprId> terms);
  ExprId Max(absl::Span<const ExprId> sides);
  // max(a, b) + (1 − w) · min(a, b)
  ExprId Overlap(ExprId a, ExprId b, ExprId w);
  ExprId Mul(ExprId a, ExprId b);
  ExprId Div(ExprId a, ExprId b);
  // max(0, value − threshold)
  ExprId Hinge(ExprId value, ExprId threshold);

  int32_t size() const { return static_cast<int32_t>(nodes_.size()); }
  const ExprNode& node(ExprId id) const { return nodes_[static_cast<size_t>(id)]; }
  absl::Span<const ExprId> Children(ExprId id) const;

  // The value of every expression, by ExprId. `coefficients` is indexed by CoefficientId.
  std::vector<double> Evaluate(const std::vector<Curve>& curves, const std::vector<double>& coefficients) const;
  // The value of one expression alone.
  double EvaluateOne(ExprId root, const std::vector<Curve>& curves, const std::vector<double>& coefficients) const;

  struct Gradient {
    std::vector<double> slopes;  // d root / d coefficient, by CoefficientId
    // False when `root` stands on a kink (two sides of a Max are equal, a size is exactly a curve's point): then the
    // slopes are those of one side, and Slope() tells the two apart.
    bool smooth = true;
  };
  // Reverse mode: one backward pass. `at` is the result of Evaluate.
  Gradient Differentiate(ExprId root, const std::vector<Curve>& curves, const std::vector<double>& coefficients,
                         const std::vector<double>& at) const;
  // Forward mode: the one-sided derivative of `root` when one coefficient moves by `direction` (+1 or −1).
  double Slope(ExprId root, CoefficientId id, int direction, const std::vector<Curve>& curves,
               const std::vector<double>& coefficients, const std::vector<double>& at) const;

 private:
  ExprId Intern(const ExprNode& node);
  ExprId Nary(ExprKind kind, absl::Span<const ExprId> children);
  double ValueOf(const ExprNode& node, absl::Span<const ExprId> children, const std::vector<Curve>& curves,
                 const std::vector<double>& coefficients, const std::vector<double>& values) const;

  std::vector<ExprNode> nodes_;
  std::vector<ExprId> lists_;
  absl::flat_hash_map<ExprNode, ExprId> index_;
};

// How a curve's value at x moves with its points.
struct CurveSlope {
  CoefficientId id = kNoId;
  double up = 0;    // derivative when the coefficient grows
  double down = 0;  // when it shrinks (the same away from kinks)
};
std::vector<CurveSlope> CurveSlopes(const Curve& curve, double x, const std::vector<double>& coefficients);

}  // namespace opcost

#endif  // OPCOST_COSTING_EXPR_H_
