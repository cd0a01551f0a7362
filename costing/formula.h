// A formula as plain data: what an estimate was computed from, detached from the machine that computed it. Reports carry
// one a row, so that a saved report can be explained and diffed like a fresh one.
#ifndef OPCOST_COSTING_FORMULA_H_
#define OPCOST_COSTING_FORMULA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hardware/target.h"

namespace opcost {

enum class ExprKind : uint8_t { kWork, kCoefficient, kCurve, kSum, kMax, kOverlap, kMul, kDiv, kHinge };

// Nodes in an order where children come before parents; the last one is the root.
struct FormulaNode {
  ExprKind kind = ExprKind::kWork;
  std::vector<int32_t> children;  // Overlap: compute, memory, w. Div: numerator, denominator. Curve: x. Hinge: value, threshold
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
  std::vector<FormulaNode> nodes;
  bool empty() const { return nodes.empty(); }
};

// Seconds. The same operations in the same order as the cost model's own evaluation: bit-equal.
double Evaluate(const Formula& formula);
// Infix with names and values: "2.6 µs + max(231 MFLOP / (360 GFLOP/s × 0.741), 4.1 MB / 76.8 GB/s)".
std::string ToString(const Formula& formula);

}  // namespace opcost

#endif  // OPCOST_COSTING_FORMULA_H_
