// Element by element, kernels side by side, each over several sizes; and the arithmetic on shapes between them.
// What networks have little of, but all of it.
#include <array>

#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"
#include "costing/calibration/generate/sized_inputs.h"

namespace opcost::generate {
namespace {

T ToInteger(Net& net, const T& x) { return net.Op("Cast", {x}, {{"to", int64_t{7}}}); }
T ToFloat(Net& net, const T& x) { return net.Op("Cast", {x}, {{"to", int64_t{1}}}); }

}  // namespace

// Every activation, on what no convolution comes before and behind a product.
void BuildActivations(Net& net) {
  const int64_t count = static_cast<int64_t>(Activation::kCount) - 1, first = net.index() * 8;
  for (int64_t i = 0; i < 10; ++i) {
    const Activation activation = static_cast<Activation>(1 + (first + i) % count);
    T x = AnyBelow(net, i % 2 == 0 ? 2000000 : 300000);
    if (i % 3 == 2 && x.dims.size() == 3) x = Linear(net, x, 128);
    net.Output(Activate(net, x, activation));
  }
  for (const char* op_type : {"BiasGelu", "FastGelu", "BiasGelu", "QuickGelu", "FastGelu", "Gelu",
                              "BiasGelu"}) {  // as optimised files have them
    const T x = TokensOf(net, Size(net));
    const bool bias = op_type[0] == 'B' || (op_type[0] == 'F' && net.random.Chance(0.5));
    net.Output(bias ? net.Ms(op_type, {x, net.Weight({x.dims[2]})}) : net.Ms(op_type, {x}));
  }
  for (const char* op_type : {"Exp", "Exp", "Log", "Sqrt", "Sin", "Cos", "Neg", "Abs", "Erf", "Erf", "Erf", "Erf",
                              "Reciprocal", "Floor", "Ceil", "Round", "Sign"}) {
    net.Output(net.Op(op_type, {AnyBelow(net, 400000)}));
  }
}

// Two operands: alike, one of them repeated along rows, along columns, both, or one number.
void BuildBroadcasts(Net& net) {
  constexpr std::array kOperators = {"Add", "Mul", "Sub", "Div", "Max", "Min"};
  for (int i = 0; i < 14; ++i) {
    const T x = i % 2 == 0 ? MapOf(net, Size(net)) : TokensOf(net, Size(net));
    Dims other = x.dims;
    switch (i % 7) {
      case 0:
      case 1:
        break;
      case 2:
      case 3:  // along the outer axes
        other[1] = 1;
        if (x.dims.size() == 4) other = {1, 1, x.dims[2], x.dims[3]};
        break;
      case 4:  // a factor per channel, or per row
        other = x.dims.size() == 4 ? Dims{1, x.dims[1], 1, 1} : Dims{1, x.dims[1], 1};
        break;
      case 5:
        other = x.dims.size() == 4 ? Dims{x.dims[1], 1, 1} : Dims{x.dims[2]};
        break;
      default:
        other = {};
    }
    const T operand = other.empty() ? net.Scalar(0.7) : i % 3 == 0 && i % 7 > 1 ? net.Weight(other) : net.Input(other);
    net.Output(net.Op(kOperators[static_cast<size_t>(net.random.Between(0, 5))], {x, operand}));
  }
}

// Comparisons, selections, powers, casts, arithmetic on integers.
void BuildLogic(Net& net) {
  for (int i = 0; i < 4; ++i) {
    const T x = AnyBelow(net, 500000);
    // Masks are the same for long. By the signs of random numbers a selection takes six times as long, because the
    // processor guesses every second branch wrong.
    const T mask = net.Op(net.random.Pick({"Greater", "Less", "GreaterOrEqual", "LessOrEqual"}), {x, net.Scalar(1000)});
    net.Output(net.Op("Where", {mask, x, net.random.Chance(0.5) ? net.Scalar(0) : net.Input(x.dims)}));
    net.Output(net.Op("Pow", {x, net.Scalar(net.random.Pick({2.0, 3.0, 0.5}))}));
    net.Output(net.Op("Where", {net.Op("IsNaN", {x}), net.Scalar(0), x}));
    const T whole = ToInteger(net, net.random.Chance(0.5) ? x : AnyBelow(net, 100000));
    const T other = net.Op(net.random.Pick({"Add", "Mul", "Sub"}), {whole, net.Int(3)});
    net.Output(ToFloat(net, net.Op(net.random.Pick({"Mod", "Div"}), {other, net.Int(7)})));
    net.Output(net.Op("Max", {other, net.Int(7)}));
    const T both =
        net.Op(net.random.Pick({"And", "Or", "Xor"}),
               {net.Op("Equal", {other, net.Int(1)}), net.Op("Not", {net.Op("Equal", {whole, net.Int(2)})})});
    net.Output(net.Op("CastLike", {whole, x}));
    net.Output(net.Op("Cast", {both}, {{"to", net.random.Pick<int64_t>({1, 6, 7})}}));
  }
}

// Arithmetic on shapes and single rows, which exported files are full of: what a call costs when there is nothing to
// do.
void BuildSmall(Net& net) {
  for (int i = 0; i < 5; ++i) {
    const int64_t n = i == 0 ? 1 : net.random.Between(1, 12);
    const T one = net.Input({1});
    net.Output(Mul(net, one, net.Scalar(0.5)));
    net.Output(net.Op(net.random.Pick({"Relu", "Neg", "Sqrt", "Abs"}), {one}));
    const T whole = net.Input({n}, DType::kInt64), row = net.Input({1, net.random.LogBetween(8, 1000)});
    const T first = net.Op("Gather", {whole, net.Int(0)});
    const T sum = net.Op(net.random.Pick({"Add", "Sub", "Mul"}), {first, net.Int(3)});
    const T vector = net.Op("Unsqueeze", {sum, net.Ints({0})});
    net.Output(Concat(net, {vector, whole, vector}, 0));
    net.Output(Concat(net, {vector, net.Ints({4})}, 0));
    net.Output(Slice(net, whole, 0, 0, (n + 1) / 2));
    net.Output(Reduce(net, "ReduceProd", whole, {0}, false));
    net.Output(net.Op("Where", {net.Op("Equal", {whole, net.Int(1)}), whole, net.Int(2)}));
    net.Output(ToFloat(net, net.Op("Cast", {whole}, {{"to", int64_t{9}}})));
    net.Output(net.Op("Squeeze", {vector, net.Ints({0})}));
    net.Output(net.Op("Expand", {vector, net.Ints({n})}));
    net.Output(net.Op("CumSum", {whole, net.Int(0)}));
    net.Output(net.Op("ScatterND", {whole, net.Integers(DType::kInt64, {1, 1}, {0}), vector}));
    net.Output(net.Op("GatherND", {whole, net.Integers(DType::kInt64, {2, 1}, {0, n - 1})}));
    net.Output(net.Op("Not", {net.Op("Less", {whole, net.Int(4)})}));
    net.Output(net.Op("Tile", {whole, net.Ints({2})}));
    net.Output(net.Op("Pad", {row, net.Ints({0, 1, 0, 1})}));
    for (const char* op_type : {"Tanh", "Exp", "Sigmoid", "Relu", "Sin", "Cos", "Log", "Sqrt"}) {
      if (net.random.Chance(0.5)) net.Output(net.Op(op_type, {row}));
    }
    net.Output(Mul(net, row, net.Input({1, 1})));
    net.Output(Add(net, row, net.Input(row.dims)));
    net.Output(net.Op("ArgMax", {row}, {{"axis", int64_t{-1}}}));
    net.Output(Transpose(net, net.Input({1, net.random.LogBetween(4, 64), 8}), {0, 2, 1}));
    const T parts = net.Input({1, 4, 2 * net.random.LogBetween(2, 64)});
    net.Output(Split(net, parts, {parts.dims[2] / 2, parts.dims[2] / 2}, 2)[1]);
    net.Output(Transpose(net, Reshape(net, parts, {1, 4, 2, parts.dims[2] / 2}), {0, 2, 1, 3}));
  }
}

}  // namespace opcost::generate
