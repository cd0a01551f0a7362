// Transformers without a cache: encoders of text with masks, of images, over windows of images, cross attention.
#include <algorithm>

#include "costing/calibration/generate/attention.h"
#include "costing/calibration/generate/families.h"

namespace opcost::generate {
namespace {

constexpr double kMostMacs = 8e8;

// Tokens so that a block of `width` stays small.
int64_t TokensFor(Net& net, int64_t width, int64_t low, int64_t high) {
  const double most = kMostMacs / (24.0 * static_cast<double>(width) * static_cast<double>(width));
  return net.random.LogBetween(low, std::clamp<int64_t>(static_cast<int64_t>(most), low, high));
}

T LayerScale(Net& net, const T& x) { return Mul(net, x, net.Weight({x.dims.back()})); }

// 0 where mask is 1, and a large negative number where it is 0.
T AdditiveMask(Net& net, const T& mask) {
  const T four = net.Op("Unsqueeze", {mask, net.Ints({1, 2})});
  const T real = net.Op("Cast", {four}, {{"to", int64_t{1}}});
  return Mul(net, net.Op("Sub", {net.Scalar(1), real}), net.Scalar(-1e4));
}

// The same by comparison and Where, spread over all rows.
T WhereMask(Net& net, const T& mask, int64_t tokens) {
  const T four = net.Op("Unsqueeze", {mask, net.Ints({1, 2})});
  const T wide = net.Op("Expand", {four, net.Ints({mask.dims[0], 1, tokens, tokens})});
  const T keep = net.Op("Equal", {wide, net.Int(1)});
  return net.Op("Where", {keep, net.Scalar(0), net.Scalar(-1e4)});
}

}  // namespace

void BuildEncoder(Net& net) {
  const Activation activation = TransformerActivation(net);
  const int64_t head = net.Turn<int64_t>({64, 32, 64, 48, 80}), heads = net.Turn<int64_t>({4, 8, 12, 6, 2, 12});
  const int64_t width = head * heads, batch = net.Turn<int64_t>({1, 1, 2, 1, 4});
  const int64_t tokens = TokensFor(net, width, 12, 384);
  const int64_t words = net.Turn<int64_t>({8000, 30522, 1000});
  const T ids = net.Input({batch, tokens}, DType::kInt64), mask = net.Input({batch, tokens}, DType::kInt64);
  const T embedded = net.Op("Gather", {net.Weight({words, width}), ids});
  const T additive = net.index() % 2 == 0 ? AdditiveMask(net, mask) : WhereMask(net, mask, tokens);
  T x = LayerNorm(net, Add(net, Add(net, embedded, net.Weight({1, tokens, width})), net.Weight({width})));
  for (int block = 0; block < 3 && net.macs() < kMostMacs; ++block) {
    const int64_t hidden = width * net.random.Pick<int64_t>({4, 4, 2, 3});
    if (net.index() % 3 != 2) {  // norms behind the sums
      x = LayerNorm(net, Add(net, Linear(net, Attend(net, SeparateHeads(net, x, heads), additive), width), x));
      x = LayerNorm(net, Add(net, Mlp(net, x, hidden, activation), x));
    } else {
      const T y = AttendScaledFirst(net, SeparateHeads(net, LayerNorm(net, x), heads, false), additive);
      x = Add(net, x, Linear(net, y, width));
      x = Add(net, x, Mlp(net, LayerNorm(net, x), hidden, activation));
    }
  }
  const T first = net.Op("Gather", {x, net.Int(0)}, {{"axis", int64_t{1}}});
  net.Output(Gemm(net, Activate(net, Gemm(net, first, width), Activation::kTanh), 3));
  net.Output(x);
}

void BuildVisionTransformer(Net& net) {
  const Activation activation =
      net.Turn({Activation::kGelu, Activation::kGelu, Activation::kGeluTanh, Activation::kQuickGelu});
  const int64_t heads = net.Turn<int64_t>({3, 6, 12, 4, 8, 16}), width = heads * net.Turn<int64_t>({64, 64, 32, 80});
  const int64_t patch = net.Turn<int64_t>({16, 14, 32, 8});
  const int64_t side = net.Turn<int64_t>({14, 7, 16, 10, 12, 4});
  const T image = net.Input({1, 3, side * patch, side * patch});
  const T patches = Conv(net, image, {.channels = width, .kernel = patch, .stride = patch, .padded = false});
  T x = Transpose(net, Reshape(net, patches, {1, width, side * side}), {0, 2, 1});
  const bool scaled = net.index() % 3 == 1;
  if (net.index() % 2 == 0) {
    x = Concat(net, {net.Op("Expand", {net.Weight({1, 1, width}), net.Ints({1, 1, width})}), x}, 1);
  }
  x = Add(net, x, net.Weight({1, x.dims[1], width}));
  const Packing packing = net.Turn({Packing::kGather, Packing::kSplit, Packing::kSlice});
  for (int block = 0; block < 3 && net.macs() < kMostMacs; ++block) {
    const Heads parts = PackedHeads(net, LayerNorm(net, x), heads, packing);
    T y = Linear(net, net.index() % 2 == 0 ? Attend(net, parts) : AttendScaledFirst(net, parts), width);
    x = Add(net, x, scaled ? LayerScale(net, y) : y);
    y = Mlp(net, LayerNorm(net, x), 4 * width, activation);
    x = Add(net, x, scaled ? LayerScale(net, y) : y);
  }
  x = LayerNorm(net, x);
  const T pooled = net.index() % 2 == 0 ? net.Op("Gather", {x, net.Int(0)}, {{"axis", int64_t{1}}})
                                        : Reduce(net, "ReduceMean", x, {1}, false);
  net.Output(Gemm(net, pooled, 1000));
}

namespace {

struct WindowShape {
  int64_t side, window, heads, shift;
};

// x [1, side, side, width] in windows [windows, window², width].
T ToWindows(Net& net, const T& x, const WindowShape& s) {
  const int64_t n = s.side / s.window, width = x.dims[3];
  const T six = Reshape(net, x, {1, n, s.window, n, s.window, width});
  return Reshape(net, Transpose(net, six, {0, 1, 3, 2, 4, 5}), {n * n, s.window * s.window, width});
}
T FromWindows(Net& net, const T& x, const WindowShape& s) {
  const int64_t n = s.side / s.window, width = x.dims[2];
  const T six = Reshape(net, x, {1, n, n, s.window, s.window, width});
  return Reshape(net, Transpose(net, six, {0, 1, 3, 2, 4, 5}), {1, s.side, s.side, width});
}
// What leaves on one side comes in on the other.
T Roll(Net& net, const T& x, int64_t by) {
  T y = x;
  for (const int64_t axis : {1, 2}) {
    const int64_t n = y.dims[static_cast<size_t>(axis)], cut = (by % n + n) % n;
    y = Concat(net, {Slice(net, y, axis, cut, n), Slice(net, y, axis, 0, cut)}, axis);
  }
  return y;
}

T WindowAttention(Net& net, const T& x, const WindowShape& s) {
  const int64_t width = x.dims[3], n = (s.side / s.window) * (s.side / s.window), tokens = s.window * s.window;
  T y = s.shift > 0 ? Roll(net, x, s.shift) : x;
  y = ToWindows(net, y, s);
  const Heads heads = PackedHeads(net, y, s.heads, net.index() % 2 == 0 ? Packing::kGather : Packing::kSplit);
  T bias = net.Weight({1, s.heads, tokens, tokens});
  if (s.shift > 0) {
    T scores = MatMul(net, Mul(net, heads.q, net.Scalar(0.2)), Transpose(net, heads.k, {0, 1, 3, 2}));
    scores = Add(net, Add(net, scores, bias), net.Weight({n, 1, tokens, tokens}));
    y = MergeHeads(net, MatMul(net, Softmax(net, scores, -1), heads.v));
  } else {
    y = Attend(net, heads, bias);
  }
  y = FromWindows(net, Linear(net, y, width), s);
  return s.shift > 0 ? Roll(net, y, -s.shift) : y;
}

// Four neighbours become one.
T MergePatches(Net& net, const T& x) {
  const int64_t side = x.dims[1];
  std::vector<T> parts;
  for (const int64_t column : {0, 1}) {
    for (const int64_t row : {0, 1}) parts.push_back(Slice(net, Slice(net, x, 1, row, side, 2), 2, column, side, 2));
  }
  return Linear(net, LayerNorm(net, Concat(net, parts, 3)), 2 * x.dims[3], false);
}

}  // namespace

void BuildWindowTransformer(Net& net) {
  const Activation activation = net.Turn({Activation::kGelu, Activation::kGelu, Activation::kRelu});
  const int64_t window = net.Turn<int64_t>({7, 8, 7, 4, 6}), head = net.Turn<int64_t>({32, 16, 32, 24, 48});
  int64_t heads = net.Turn<int64_t>({3, 2, 4, 3}), side = window * net.Turn<int64_t>({4, 8, 2, 6});
  const int64_t patch = net.Turn<int64_t>({4, 4, 2});
  const T image = net.Input({1, 3, side * patch, side * patch});
  T x = Conv(net, image, {.channels = heads * head, .kernel = patch, .stride = patch, .padded = false});
  x = LayerNorm(net, Transpose(net, x, {0, 2, 3, 1}));
  for (int stage = 0; stage < 2 && net.macs() < kMostMacs; ++stage) {
    for (const int64_t shift : {int64_t{0}, window / 2}) {
      const WindowShape shape = {side, window, heads, side > window ? shift : 0};
      x = Add(net, x, WindowAttention(net, LayerNorm(net, x), shape));
      x = Add(net, x, Mlp(net, LayerNorm(net, x), 4 * x.dims[3], activation));
    }
    if (side % (2 * window) != 0) break;
    x = MergePatches(net, x);
    side /= 2;
    heads *= 2;
  }
  net.Output(Gemm(net, Reduce(net, "ReduceMean", LayerNorm(net, x), {1, 2}, false), 1000));
}

// Queries look at what an encoder made; keys and values at fewer positions, as SegFormer has them.
void BuildCrossTransformer(Net& net) {
  const int64_t heads = net.Turn<int64_t>({1, 2, 5, 8}), width = heads * net.Turn<int64_t>({32, 64, 40});
  const int64_t side = net.Turn<int64_t>({32, 16, 24}), step = net.Turn<int64_t>({4, 2, 8});
  T x = net.Input({1, side * side, width});
  const T memory = net.Input({1, net.Turn<int64_t>({77, 300, 100}), width});
  const Activation activation = net.Turn({Activation::kGelu, Activation::kRelu, Activation::kQuickGelu});
  const auto heads_of = [&](const T& t) {
    return Transpose(net, Reshape(net, t, {1, t.dims[1], heads, width / heads}), {0, 2, 1, 3});
  };
  for (int block = 0; block < 2; ++block) {
    const T normed = LayerNorm(net, x);
    const T map = Reshape(net, Transpose(net, normed, {0, 2, 1}), {1, width, side, side});
    T fewer = Conv(net, map, {.channels = width, .kernel = step, .stride = step, .padded = false});
    fewer = Transpose(net, Reshape(net, fewer, {1, width, fewer.dims[2] * fewer.dims[3]}), {0, 2, 1});
    fewer = LayerNorm(net, fewer);
    for (const T& source : {fewer, memory}) {
      const Heads parts = {heads_of(Linear(net, LayerNorm(net, x), width)), heads_of(Linear(net, source, width)),
                           heads_of(Linear(net, source, width))};
      x = Add(net, x, Linear(net, Attend(net, parts), width));
    }
    // A depthwise convolution between the two layers.
    const T wide = Linear(net, LayerNorm(net, x), 4 * width);
    T between = Reshape(net, Transpose(net, wide, {0, 2, 1}), {1, 4 * width, side, side});
    between = Conv(net, between, {.channels = 4 * width, .kernel = 3, .group = 4 * width});
    between = Transpose(net, Reshape(net, between, {1, 4 * width, side * side}), {0, 2, 1});
    x = Add(net, x, Linear(net, Activate(net, between, activation), width));
  }
  net.Output(x);
}

}  // namespace opcost::generate
