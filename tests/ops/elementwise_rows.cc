#include <array>

#include "rows.h"

namespace opcost {
namespace {

// 2 · 3 · 5 = 30 elements; a second operand [5] broadcasts and is read at its own size.
constexpr const char* kOne = "f32[2,3,5]";
constexpr const char* kTwo = "f32[2,3,5] f32[5]";
constexpr const char* kBools = "bool[2,3,5] bool[2,3,5]";
constexpr const char* kInts = "i32[2,3,5] i32[2,3,5]";

constexpr Want Unary(int64_t ops, int64_t trans) {
  return {.ops = 30 * ops, .trans = 30 * trans, .act = 120, .written = 120};
}
constexpr Want kBinary = {.ops = 30, .act = 140, .written = 120};
constexpr Want kCompare = {.ops = 30, .act = 140, .written = 30};
constexpr Want kLogic = {.ints = 30, .act = 60, .written = 30};
constexpr Want kInteger = {.ints = 30, .act = 240, .written = 120};

const Row kRows[] = {
    {"Add", kTwo, kOne, "", kBinary},
    {"Sub", kTwo, kOne, "", kBinary},
    {"Mul", kTwo, kOne, "", kBinary},
    {"Div", kTwo, kOne, "", kBinary},
    {"Mod", kTwo, kOne, "fmod=1", kBinary},
    // The same tensor twice is read once; integers are integer operations.
    {"Mul", "f32[2,3,5] @0", kOne, "", {.ops = 30, .act = 120, .written = 120}},
    {"Add", kInts, "i32[2,3,5]", "", kInteger},
    {"Mod", kInts, "i32[2,3,5]", "", kInteger},
    {"Abs", kOne, kOne, "", Unary(1, 0)},
    {"Neg", kOne, kOne, "", Unary(1, 0)},
    {"Sign", kOne, kOne, "", Unary(1, 0)},
    {"Floor", kOne, kOne, "", Unary(1, 0)},
    {"Ceil", kOne, kOne, "", Unary(1, 0)},
    {"Round", kOne, kOne, "", Unary(1, 0)},
    {"Reciprocal", kOne, kOne, "", Unary(1, 0)},
    {"Equal", kTwo, "bool[2,3,5]", "", kCompare},
    {"Greater", kTwo, "bool[2,3,5]", "", kCompare},
    {"GreaterOrEqual", kTwo, "bool[2,3,5]", "", kCompare},
    {"Less", kTwo, "bool[2,3,5]", "", kCompare},
    {"LessOrEqual", kTwo, "bool[2,3,5]", "", kCompare},
    {"IsNaN", kOne, "bool[2,3,5]", "", {.ops = 30, .act = 120, .written = 30}},
    {"IsInf", kOne, "bool[2,3,5]", "", {.ops = 30, .act = 120, .written = 30}},
    {"And", kBools, "bool[2,3,5]", "", kLogic},
    {"Or", kBools, "bool[2,3,5]", "", kLogic},
    {"Xor", kBools, "bool[2,3,5]", "", kLogic},
    {"Not", "bool[2,3,5]", "bool[2,3,5]", "", {.ints = 30, .act = 30, .written = 30}},
    {"BitShift", kInts, "i32[2,3,5]", "direction=LEFT", kInteger},
    {"BitwiseAnd", kInts, "i32[2,3,5]", "", kInteger},
    {"BitwiseOr", kInts, "i32[2,3,5]", "", kInteger},
    {"BitwiseXor", kInts, "i32[2,3,5]", "", kInteger},
    {"BitwiseNot", "i32[2,3,5]", "i32[2,3,5]", "", {.ints = 30, .act = 120, .written = 120}},
    // The type is X's, not the condition's.
    {"Where", "bool[2,3,5] f32[5] f32[]", kOne, "", {.ops = 30, .act = 30 + 20 + 4, .written = 120}},
    {"Where", "bool[2,3,5] i64[] i64[5]", "i64[2,3,5]", "", {.ints = 30, .act = 30 + 8 + 40, .written = 240}},
    {"Sum", "f32[2,3,5] f32[5] f32[3,1]", kOne, "", {.ops = 60, .act = 120 + 20 + 12, .written = 120}},
    {"Min", "f32[2,3,5] f32[5] f32[3,1]", kOne, "", {.ops = 60, .act = 120 + 20 + 12, .written = 120}},
    {"Max", kTwo, kOne, "", kBinary},
    {"Mean", "f32[2,3,5] f32[5] f32[3,1]", kOne, "", {.ops = 90, .act = 120 + 20 + 12, .written = 120}},
    {"Sum", kOne, kOne, "", {.act = 120, .written = 120}},
    {"Clip", "f32[2,3,5] w:f32[] w:f32[]", kOne, "", {.ops = 60, .act = 120, .weight = 8, .written = 120}},
    {"Clip", "f32[2,3,5] - w:f32[]", kOne, "", {.ops = 30, .act = 120, .weight = 4, .written = 120}},
    {"Clip", kOne, kOne, "min=0.0 max=6.0", {.ops = 60, .act = 120, .written = 120}, 6},
    // A constant exponent of 2 or 3 is products.
    {"Pow", "f32[2,3,5] w:f32[]=2", kOne, "", {.ops = 30, .act = 120, .weight = 4, .written = 120}},
    {"Pow", "f32[2,3,5] w:f32[]=3", kOne, "", {.ops = 60, .act = 120, .weight = 4, .written = 120}},
    {"Pow", "f32[2,3,5] w:f32[]=0.5", kOne, "", {.trans = 30, .act = 120, .weight = 4, .written = 120}},
    {"Pow", kTwo, kOne, "", {.trans = 30, .act = 140, .written = 120}},
    {"Exp", "f32[1000]", "f32[1000]", "", {.trans = 1000, .act = 4000, .written = 4000}},
    {"Erf", "f32[1000]", "f32[1000]", "", {.trans = 1000, .act = 4000, .written = 4000}},
    {"Tanh", "f32[1000]", "f32[1000]", "", {.trans = 1000, .act = 4000, .written = 4000}},
    {"Log", kOne, kOne, "", Unary(0, 1)},
    {"Sqrt", kOne, kOne, "", Unary(0, 1)},
    {"Sin", kOne, kOne, "", Unary(0, 1)},
    {"Cos", kOne, kOne, "", Unary(0, 1)},
    {"Tan", kOne, kOne, "", Unary(0, 1)},
    {"Asin", kOne, kOne, "", Unary(0, 1)},
    {"Acos", kOne, kOne, "", Unary(0, 1)},
    {"Atan", kOne, kOne, "", Unary(0, 1)},
    {"Sinh", kOne, kOne, "", Unary(0, 1)},
    {"Cosh", kOne, kOne, "", Unary(0, 1)},
    {"Asinh", kOne, kOne, "", Unary(0, 1)},
    {"Acosh", kOne, kOne, "", Unary(0, 1)},
    {"Atanh", kOne, kOne, "", Unary(0, 1)},
    // Activations.
    {"Relu", kOne, kOne, "", Unary(1, 0)},
    {"LeakyRelu", kOne, kOne, "", Unary(1, 0)},
    {"PRelu", "f32[2,3,5] w:f32[3,1]", kOne, "", {.ops = 30, .act = 120, .weight = 12, .written = 120}},
    {"ThresholdedRelu", kOne, kOne, "", Unary(2, 0)},
    {"Shrink", kOne, kOne, "", Unary(4, 0)},
    {"HardSigmoid", kOne, kOne, "", Unary(4, 0)},
    {"HardSwish", kOne, kOne, "", Unary(5, 0)},
    {"Sigmoid", kOne, kOne, "", Unary(0, 1)},
    {"Elu", kOne, kOne, "", Unary(4, 1)},
    {"Selu", kOne, kOne, "", Unary(6, 1)},
    {"Celu", kOne, kOne, "", Unary(6, 1)},
    {"Gelu", kOne, kOne, "", Unary(4, 1)},
    {"Gelu", kOne, kOne, "approximate=tanh", Unary(8, 1)},
    {"Swish", kOne, kOne, "", Unary(1, 1)},
    {"Swish", kOne, kOne, "alpha=1.5", Unary(2, 1)},
    {"SwiGLU", "f32[2,3,5] f32[2,3,5]", kOne, "", {.ops = 60, .trans = 30, .act = 240, .written = 120}},
    {"Softplus", kOne, kOne, "", Unary(1, 2)},
    {"Softsign", kOne, kOne, "", Unary(3, 0)},
    {"Mish", kOne, kOne, "", Unary(2, 3)},
    {"ScaledTanh", kOne, kOne, "", Unary(2, 1), 1},
    {"ParametricSoftplus", kOne, kOne, "", Unary(3, 2), 1},
    {"Affine", kOne, kOne, "", Unary(2, 0), 1},
    {"com.microsoft:Gelu", kOne, kOne, "", Unary(4, 1), 1},
    {"com.microsoft:QuickGelu", kOne, kOne, "", Unary(2, 1), 1},
    {"com.microsoft:ScaledSiLU", kOne, kOne, "", Unary(2, 1), 1},
    {"com.microsoft:FastGelu", kOne, kOne, "", Unary(8, 1), 1},
    {"com.microsoft:FastGelu",
     "f32[2,3,5] w:f32[5]",
     kOne,
     "",
     {.ops = 30 * 9, .trans = 30, .act = 120, .weight = 20, .written = 120},
     1},
    {"com.microsoft:BiasGelu",
     "f32[2,3,5] w:f32[5]",
     kOne,
     "",
     {.ops = 30 * 5, .trans = 30, .act = 120, .weight = 20, .written = 120},
     1},
    // X is twice as wide: 60 bias additions, Gelu 4 ops + 1 T and a product on 30.
    {"com.microsoft:BiasSplitGelu",
     "f32[2,3,10] w:f32[10]",
     kOne,
     "",
     {.ops = 60 + 150, .trans = 30, .act = 240, .weight = 40, .written = 120},
     1},
};

}  // namespace

absl::Span<const Row> ElementwiseRows() { return kRows; }

}  // namespace opcost
