// One operation, or one transcendental, for each element of the output. On integers and bools it is an integer
// operation.
#include "ops/rule.h"

namespace opcost {
namespace {

void Elementwise(Tally& t, const Rule& rule) { t.Each(t.InType(0), rule.per, t.OutElements(0)); }

// condition, X, Y: the type is X's.
void Where(Tally& t, const Rule& rule) { t.Each(t.InType(1), rule.per, t.OutElements(0)); }

// Sum, Min, Max, Mean of n: n − 1 operations; Mean divides once more.
void Variadic(Tally& t, const Rule& rule) {
  const int n = t.num_inputs();
  t.Ops(t.InType(0), t.OutElements(0) * (n - 1 + rule.per.ops));
}

// 1 transcendental; with the constant exponent 2 or 3 it is 1 or 2 multiplications, as exporters write squares.
void Pow(Tally& t, const Rule&) {
  const std::optional<double> exponent = t.InFloat(1);
  const Amount n = t.OutElements(0);
  if (exponent && (*exponent == 2 || *exponent == 3)) return t.Ops(t.InType(0), n * (*exponent == 2 ? 1 : 2));
  t.Transcendentals(t.InType(0), n);
}

// 1 op per bound: attributes up to version 6, inputs from 11 on.
void Clip(Tally& t, const Rule&) {
  int bounds = (t.Has(1) ? 1 : 0) + (t.Has(2) ? 1 : 0);
  for (const char* name : {"min", "max"}) bounds += FindAttribute(t.node(), name) != nullptr ? 1 : 0;
  t.Ops(t.InType(0), t.OutElements(0) * bounds);
}

constexpr const char* kOne = "1 op per output element";
constexpr const char* kTrans = "1 T per output element";
constexpr const char* kNary = "n − 1 ops per output element";

constexpr Rule kRules[] = {
    {kOnnx, "Add", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Sub", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Mul", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Div", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Mod", 10, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Abs", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Neg", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Sign", 9, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Floor", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Ceil", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Round", 11, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Reciprocal", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Equal", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Greater", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "GreaterOrEqual", 12, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Less", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "LessOrEqual", 12, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "And", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Or", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Xor", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Not", 1, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "BitShift", 11, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "BitwiseAnd", 18, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "BitwiseOr", 18, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "BitwiseXor", 18, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "BitwiseNot", 18, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "IsInf", 10, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "IsNaN", 9, kNewest, Elementwise, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Where", 9, kNewest, Where, "elementwise", kC, kOne, {1, 0}},
    {kOnnx, "Sum", 1, kNewest, Variadic, "elementwise", kC, kNary, {0, 0}},
    {kOnnx, "Min", 1, kNewest, Variadic, "elementwise", kC, kNary, {0, 0}},
    {kOnnx, "Max", 1, kNewest, Variadic, "elementwise", kC, kNary, {0, 0}},
    {kOnnx, "Mean", 1, kNewest, Variadic, "elementwise", kC, "n ops per output element", {1, 0}},
    {kOnnx, "Clip", 1, kNewest, Clip, "elementwise", kC, "1 op per output element and bound"},
    {kOnnx, "Pow", 1, kNewest, Pow, "elementwise", kC, "1 T per output element; constant exponent 2 or 3: 1 or 2 ops"},
    {kOnnx, "Exp", 1, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Log", 1, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Sqrt", 1, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Erf", 9, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Sin", 7, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Cos", 7, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Tan", 7, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Asin", 7, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Acos", 7, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Atan", 7, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Sinh", 9, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Cosh", 9, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Asinh", 9, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Acosh", 9, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
    {kOnnx, "Atanh", 9, kNewest, Elementwise, "elementwise", kC, kTrans, {0, 1}},
};

}  // namespace

absl::Span<const Rule> ElementwiseRules() { return kRules; }

}  // namespace opcost
