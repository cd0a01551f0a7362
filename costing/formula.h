// A formula as plain data: what an estimate was computed from, detached from the machine that computed it. Reports
// carry one a row, so that a saved report can be explained and diffed like a fresh one.
#ifndef OPCOST_COSTING_FORMULA_H_
#define OPCOST_COSTING_FORMULA_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "costing/shared_vector.h"
#include "hardware/target.h"

namespace opcost {

enum class ExprKind : uint8_t { kWork, kCoefficient, kCurve, kSum, kMax, kOverlap, kMul, kDiv, kHinge };

// The operations behind the kinds: one definition for the model's own evaluation and for a saved formula, so that the
// two agree bit for bit.
inline double OverlapOf(double a, double b, double w) { return std::max(a, b) + (1 - w) * std::min(a, b); }
inline double HingeOf(double value, double threshold) { return std::max(value - threshold, double{0}); }
inline void Accumulate(ExprKind kind, double value, double& result) {
  result = kind == ExprKind::kMax ? std::max(result, value) : result + value;
}

// Nodes in an order where children come before parents; the last one is the root.
struct FormulaNode {
  ExprKind kind = ExprKind::kWork;
  // Overlap: compute, memory, w. Div: numerator, denominator. Curve: x. Hinge: value, threshold.
  std::vector<int32_t> children;
  // Leaves. kWork: the metric's name and the amount. kCoefficient: key, value, class. kCurve: the curve's key, the
  // value read off it, class.
  std::string key;
  double value = 0;
  TermClass term_class = TermClass::kWork;
  std::string source;  // of the coefficient's winning layer; for a curve, of the points around x
  std::string unit;    // "FLOP", "byte", "FLOP/s", "s", "" …
  // kCurve only.
  bool clamped = false;
  Evidence evidence = Evidence::kSpecified;
};

struct Formula {
  SharedVector<FormulaNode> nodes;
  bool empty() const { return nodes.empty(); }
};

// Every node has as many children as its kind takes, all before it. Ask before evaluating a formula that was read from
// a file.
bool IsWellFormed(const Formula& formula);

// Seconds. The same operations in the same order as the cost model's own evaluation: bit-equal.
double Evaluate(const Formula& formula);
// Infix with values and units, most significant parts rounded: "2.6 µs + max(231 MFLOP / (360 GFLOP/s × 0.741), 4.1 MB
// / 76.8 GB/s)".
std::string ToString(const Formula& formula);
// The same with names in place of values: "dispatches × cpu.dispatch_s + max(matrix_flops / (…".
std::string ToSymbols(const Formula& formula);
// A time, rate, size or count with its SI prefix: Quantity(0.0000026, "s") is "2.6 µs".
std::string Quantity(double value, absl::string_view unit);

}  // namespace opcost

#endif  // OPCOST_COSTING_FORMULA_H_
