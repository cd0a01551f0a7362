// Kernels side by side, each over several sizes: what networks have little of, but all of it.
#include <algorithm>
#include <array>

#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

// [1, C, H, W] or [1, tokens, width] with about so many elements.
T MapOf(Net& net, int64_t elements) {
  const int64_t side = net.random.Pick<int64_t>({7, 14, 28, 56, 20, 40, 80});
  return net.Input({1, std::max<int64_t>(1, elements / (side * side)), side, side});
}
T TokensOf(Net& net, int64_t elements) {
  const int64_t width = net.random.Pick<int64_t>({64, 128, 256, 384, 512, 768, 1024, 3072});
  return net.Input({1, std::max<int64_t>(1, elements / width), width});
}
// From what stays in the first cache to what no cache holds.
int64_t Size(Net& net) { return net.random.LogBetween(500, 5000000); }
T AnyBelow(Net& net, int64_t most) {
  const int64_t elements = net.random.LogBetween(1000, most);
  return net.random.Chance(0.5) ? MapOf(net, elements) : TokensOf(net, elements);
}

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
  for (const char* op_type : {"BiasGelu", "FastGelu", "QuickGelu", "Gelu"}) {  // as optimised files have them
    const T x = TokensOf(net, Size(net));
    const bool bias = op_type[0] == 'B' || (op_type[0] == 'F' && net.random.Chance(0.5));
    net.Output(bias ? net.Ms(op_type, {x, net.Weight({x.dims[2]})}) : net.Ms(op_type, {x}));
  }
  for (const char* op_type :
       {"Exp", "Log", "Sqrt", "Sin", "Cos", "Neg", "Abs", "Erf", "Reciprocal", "Floor", "Ceil", "Round", "Sign"}) {
    if (net.random.Chance(0.6)) net.Output(net.Op(op_type, {AnyBelow(net, 400000)}));
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
    const T positive =
        net.Op(net.random.Pick({"Greater", "Less", "GreaterOrEqual", "LessOrEqual"}), {x, net.Scalar(0)});
    net.Output(net.Op("Where", {positive, x, net.random.Chance(0.5) ? net.Scalar(0) : net.Input(x.dims)}));
    net.Output(net.Op("Pow", {x, net.Scalar(net.random.Pick({2.0, 3.0, 0.5}))}));
    net.Output(net.Op("Where", {net.Op("IsNaN", {x}), net.Scalar(0), x}));
    const T whole = ToInteger(net, net.random.Chance(0.5) ? x : AnyBelow(net, 100000));
    const T other = net.Op(net.random.Pick({"Add", "Mul", "Sub"}), {whole, net.Int(3)});
    net.Output(ToFloat(net, net.Op(net.random.Pick({"Mod", "Div", "Max"}), {other, net.Int(7)})));
    const T both =
        net.Op(net.random.Pick({"And", "Or", "Xor"}),
               {net.Op("Equal", {other, net.Int(1)}), net.Op("Not", {net.Op("Equal", {whole, net.Int(2)})})});
    net.Output(net.Op("CastLike", {whole, x}));
    net.Output(net.Op("Cast", {both}, {{"to", net.random.Pick<int64_t>({1, 6, 7})}}));
  }
}

// Axes change places, in every way that networks have.
void BuildTransposes(Net& net) {
  struct Row {
    Dims permutation;
    Dims low, high;  // of the extents
  };
  const std::vector<Row> rows = {
      {{0, 2, 1, 3}, {1, 16, 2, 16}, {2, 1024, 16, 128}},                 // heads
      {{0, 1, 3, 2}, {1, 2, 16, 16}, {2, 16, 1024, 128}},                 // keys
      {{0, 2, 1}, {1, 32, 48}, {1, 4096, 1536}},                          // tokens and channels
      {{0, 2, 3, 1}, {1, 16, 7, 7}, {1, 768, 80, 80}},                    // channels last
      {{0, 3, 1, 2}, {1, 7, 7, 16}, {1, 80, 80, 768}},                    // channels first
      {{0, 1, 3, 2, 4, 5}, {1, 2, 4, 2, 4, 32}, {1, 8, 14, 8, 14, 256}},  // windows
      {{2, 0, 3, 1, 4}, {1, 16, 3, 2, 16}, {8, 1024, 3, 12, 64}},         // packed heads
      {{0, 2, 1, 3, 4}, {1, 2, 8, 7, 7}, {1, 4, 256, 56, 56}},            // channel shuffle
      {{0, 2, 3, 4, 1}, {1, 16, 2, 7, 7}, {1, 128, 8, 28, 28}},           // video
      {{0, 4, 1, 2, 3}, {1, 2, 7, 7, 16}, {1, 8, 28, 28, 128}},
      {{1, 0, 2}, {16, 1, 64}, {400, 4, 512}},  // steps first
      {{1, 0, 2}, {16, 1, 64}, {400, 1, 512}},  // nothing really moves
      {{2, 0, 1}, {1, 32, 32}, {4, 512, 800}},
      {{1, 0}, {32, 32}, {4096, 2048}},
      {{0, 3, 2, 1}, {1, 8, 8, 8}, {1, 128, 96, 96}},
      {{3, 2, 1, 0}, {1, 8, 8, 8}, {4, 96, 64, 64}},
      {{0, 3, 4, 1, 2}, {1, 4, 4, 16, 16}, {1, 8, 16, 64, 64}},
      {{0, 2, 4, 1, 3, 5}, {1, 16, 2, 4, 2, 4}, {1, 256, 8, 14, 8, 14}},
      {{0, 1, 4, 2, 5, 3}, {1, 8, 2, 2, 8, 8}, {1, 64, 2, 2, 32, 32}},  // pixel shuffle spelt out
  };
  const int64_t n = static_cast<int64_t>(rows.size());
  for (int64_t i = 0; i < 12; ++i) {
    const Row& row = rows[static_cast<size_t>((net.index() * 7 + i) % n)];
    Dims dims;
    for (size_t d = 0; d < row.low.size(); ++d) dims.push_back(net.random.LogBetween(row.low[d], row.high[d]));
    net.Output(Transpose(net, net.Input(dims), row.permutation));
  }
}

// Parts of tensors and tensors of parts.
void BuildCopies(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const T x = MapOf(net, Size(net)), y = TokensOf(net, Size(net));
    const int64_t c = x.dims[1], h = x.dims[2], n = y.dims[1], width = y.dims[2];
    const T beside = net.Input({1, std::max<int64_t>(1, c / 2), h, h});
    net.Output(Concat(net, {x, beside, x}, 1));
    net.Output(Concat(net, {y, net.Input({1, n, width / 2})}, 2));
    if (h > 4) net.Output(Slice(net, x, 2, 1, h - 1));
    if (h > 4) net.Output(Slice(net, x, 3, 0, h, 2));
    net.Output(Slice(net, y, 2, width / 2, width));
    for (const T& part : Split(net, y, {width / 4, width / 4, width / 2}, 2)) net.Output(part);
    if (c > 1) {
      for (const T& part : Split(net, x, {c / 2, c - c / 2}, 1)) net.Output(part);
    }
    net.Output(net.Op("Expand", {net.Input({1, 1, width}), net.Ints({1, n, width})}));
    net.Output(net.Op("Tile", {net.Input({1, std::max<int64_t>(1, c / 4), h, 1}), net.Ints({1, 2, 1, h})}));
    const std::string mode = net.random.Pick({"constant", "reflect", "edge"});
    if (h > 2) net.Output(net.Op("Pad", {x, net.Ints({0, 0, 1, 2, 0, 0, 1, 0})}, {{"mode", mode}}));
    net.Output(net.Op("Gather", {y, net.Ints({0, n / 2, n - 1})}, {{"axis", int64_t{1}}}));
    const T places = net.Input({net.random.LogBetween(4, 256)}, DType::kInt64);
    net.Output(net.Op("Gather", {net.Input({500, width}), places}));
  }
}

// Through indices, element by element or row by row; sorting and searching.
void BuildIndexing(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const int64_t rows = net.random.LogBetween(16, 4096), width = net.random.LogBetween(16, 1024);
    const T x = net.Input({1, rows, width});
    const int64_t chosen = std::max<int64_t>(2, rows / 3);
    const T places = net.Input({1, chosen, width}, DType::kInt64);
    net.Output(net.Op("GatherElements", {x, places}, {{"axis", int64_t{1}}}));
    net.Output(net.Op("ScatterElements", {x, places, net.Input({1, chosen, width})}, {{"axis", int64_t{1}}}));
    const T points = net.Input({chosen, 2}, DType::kInt64);
    const T pair = net.Input({2, rows, width});
    net.Output(net.Op("GatherND", {pair, points}));
    net.Output(net.Op("ScatterND", {pair, points, net.Input({chosen, width})}));
    const T flat = net.Input({1, net.random.LogBetween(500, 300000)});
    const std::vector<T> top =
        net.Ops("TopK", {flat, net.Ints({std::min<int64_t>(300, flat.dims[1] / 2)})}, {{"axis", int64_t{-1}}}, 2);
    net.Output(top[0]);
    net.Output(net.Op("ArgMax", {x}, {{"axis", int64_t{-1}}}));
    net.Output(net.Op("ArgMin", {MapOf(net, net.random.LogBetween(5000, 200000))}, {{"axis", int64_t{1}}}));
    net.Output(net.Op("CumSum", {x, net.Int(1)}));
    net.Output(net.Op(
        "OneHot", {net.Input({net.random.LogBetween(8, 512)}, DType::kInt64), net.Int(80), net.Floats({2}, {0, 1})}));
    net.Output(net.Op("Trilu", {net.Input({net.random.LogBetween(16, 512), 128})}, {{"upper", int64_t{0}}}));
    const int64_t side = net.random.Pick<int64_t>({16, 28, 40});
    if (net.opset() >= 18) {  // where the operator begins
      net.Output(net.Op(
          "Col2Im",
          {net.Input({1, net.random.LogBetween(4, 32) * 9, side * side}), net.Ints({side, side}), net.Ints({3, 3})},
          {{"pads", Dims(4, 1)}}));
    }
    net.Output(net.Op("GridSample",
                      {net.Input({1, net.random.LogBetween(8, 64), side, side}), net.Input({1, side / 2, side, 2})},
                      {{"mode", std::string(net.opset() >= 20 ? "linear" : "bilinear")}}));
  }
}

// Sums and extremes over axes, softmax over rows and columns, norms alone.
void BuildReductions(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const T x = MapOf(net, Size(net)), y = TokensOf(net, Size(net));
    for (const char* op_type :
         {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceL2", "ReduceMin", "ReduceProd", "ReduceSumSquare"}) {
      if (net.random.Chance(0.4)) net.Output(Reduce(net, op_type, y, {-1}, true));
      if (net.random.Chance(0.3)) net.Output(Reduce(net, op_type, x, {2, 3}, net.random.Chance(0.5)));
      if (net.random.Chance(0.3)) net.Output(Reduce(net, op_type, x, {1}, true));
      if (net.random.Chance(0.2)) net.Output(Reduce(net, op_type, y, {1}, false));
    }
    const int64_t heads = net.random.LogBetween(1, 16), rows = net.random.LogBetween(7, 512);
    const int64_t columns = net.random.Chance(0.7) ? rows : net.random.LogBetween(7, 1500);
    net.Output(Softmax(net, net.Input({1, heads, rows, columns}), -1));
    net.Output(Softmax(net, MapOf(net, net.random.LogBetween(2000, 1200000)), 1));
    net.Output(Softmax(net, net.Input({1, net.random.LogBetween(10, 2000)}), -1));
    net.Output(net.Op("LogSoftmax", {net.Input({1, net.random.LogBetween(4, 100), 1000})}, {{"axis", int64_t{-1}}}));
  }
}

void BuildNorms(Net& net) {
  for (int i = 0; i < 3; ++i) {
    const T x = MapOf(net, Size(net)), y = TokensOf(net, Size(net));
    net.Output(LayerNorm(net, y));
    net.Output(Add(net, y, LayerNorm(net, Add(net, y, net.Input(y.dims)))));
    net.Output(RmsNorm(net, TokensOf(net, Size(net))));
    net.Output(InstanceNorm(net, x));
    net.Output(BatchNorm(net, x));
    net.Output(ChannelNorm(net, MapOf(net, net.random.LogBetween(10000, 400000))));
    if (x.dims[1] % 4 == 0) net.Output(GroupNorm(net, x, 4));
    net.Output(
        net.Op("LpNormalization", {TokensOf(net, net.random.LogBetween(5000, 100000))}, {{"axis", int64_t{-1}}}));
    net.Output(net.Op("LRN", {MapOf(net, net.random.LogBetween(10000, 200000))}, {{"size", int64_t{5}}}));
  }
}

// Arithmetic on shapes and single rows, which exported files are full of: what a call costs when there is nothing to
// do.
void BuildSmall(Net& net) {
  for (int i = 0; i < 5; ++i) {
    const int64_t n = net.random.Between(1, 12);
    const T whole = net.Input({n}, DType::kInt64), row = net.Input({1, net.random.LogBetween(8, 1000)});
    const T first = net.Op("Gather", {whole, net.Int(0)});
    const T sum = net.Op(net.random.Pick({"Add", "Sub", "Mul"}), {first, net.Int(3)});
    const T vector = net.Op("Unsqueeze", {sum, net.Ints({0})});
    net.Output(Concat(net, {vector, whole, vector}, 0));
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

// Windows of every kind, on channels that fill blocks and on others.
void BuildPools(Net& net) {
  const int64_t side = net.Turn<int64_t>({56, 160, 28, 112, 14, 80});
  const int64_t c = net.Turn<int64_t>({64, 96, 256, 64, 512, 32});
  for (const int64_t channels : {c, c + 3}) {
    const T x = Activate(net, net.Input({1, channels, side, side}), Activation::kRelu);
    for (const Pool pool : {Pool::kMax, Pool::kAverage}) {
      net.Output(Pooling(net, x, pool, net.random.Pick<int64_t>({2, 3}), 2));
      net.Output(Pooling(net, x, pool, net.random.Pick<int64_t>({3, 5, 7}), 1));
    }
    net.Output(GlobalPool(net, x));
    net.Output(net.Op("GlobalMaxPool", {x}));
    const T y = ConvAct(net, x, {.channels = channels, .kernel = 1}, Activation::kRelu);
    net.Output(GlobalPool(net, y));
    net.Output(net.Op("GlobalMaxPool", {y}));
  }
  const T video = net.Input({1, net.random.LogBetween(8, 64), 8, 28, 28});
  net.Output(Pooling(net, video, Pool::kMax, 2, 2));
  net.Output(Pooling(net, video, Pool::kAverage, 3, 2));
  const T sound = net.Input({1, net.random.LogBetween(16, 256), net.random.LogBetween(100, 4000)});
  net.Output(Pooling(net, sound, Pool::kMax, 4, 4));
  net.Output(Pooling(net, sound, Pool::kAverage, 3, 2));
  net.Output(GlobalPool(net, sound));
}

}  // namespace opcost::generate
