// Between convolutions and transformers: ConvNeXt, mixers of tokens, pooling instead of attention, attention over
// channels and over maps.
#include <algorithm>

#include "costing/calibration/generate/attention.h"
#include "costing/calibration/generate/families.h"

namespace opcost::generate {
namespace {

T ConvNextBlock(Net& net, const T& x, Activation activation) {
  const int64_t c = x.dims[1];
  const T y = Conv(net, x, {.channels = c, .kernel = net.random.Pick<int64_t>({7, 7, 5, 9}), .group = c});
  if (net.index() % 2 == 0) {  // as torchvision has it: linear layers on channels last
    T last = LayerNorm(net, Transpose(net, y, {0, 2, 3, 1}));
    last = Mlp(net, last, 4 * c, activation);
    return Add(net, x, Mul(net, Transpose(net, last, {0, 3, 1, 2}), net.Weight({c, 1, 1})));
  }
  const T wide = ConvAct(net, ChannelNorm(net, y), {.channels = 4 * c}, activation);
  return Add(net, x, Mul(net, Conv(net, wide, {.channels = c}), net.Weight({1, c, 1, 1})));
}

T PoolBlock(Net& net, const T& x, Activation activation) {
  const int64_t c = x.dims[1];
  const T normed = GroupNorm(net, x, 1);
  const T scale = net.Weight({c, 1, 1});
  const T pooled = net.Op("Sub", {Pooling(net, normed, Pool::kAverage, 3, 1), normed});
  const T y = Add(net, x, Mul(net, pooled, scale));
  const T wide = ConvAct(net, GroupNorm(net, y, 1), {.channels = 4 * c}, activation);
  return Add(net, y, Mul(net, Conv(net, wide, {.channels = c}), scale));
}

// Channels attend to channels: q and k are normalised by their lengths.
T ChannelAttention(Net& net, const T& x, int64_t heads) {
  const int64_t c = x.dims[1], cells = x.dims[2] * x.dims[3];
  const T packed = Reshape(net, Conv(net, x, {.channels = 3 * c}), {1, 3, heads, c / heads, cells});
  const auto part = [&](int64_t i) { return net.Op("Gather", {packed, net.Int(i)}, {{"axis", int64_t{1}}}); };
  const auto unit = [&](const T& t) {
    const T length = net.Op("Clip", {Reduce(net, "ReduceL2", t, {-1}, true), net.Scalar(1e-12)});
    return net.Op("Div", {t, net.Op("Expand", {length, net.Ints(t.dims)})});
  };
  const T q = unit(part(0)), k = unit(part(1));
  const T scores = Mul(net, MatMul(net, q, Transpose(net, k, {0, 1, 3, 2})), net.Weight({heads, 1, 1}));
  const T y = MatMul(net, Softmax(net, scores, -1), part(2));
  return Add(net, x, Conv(net, Reshape(net, y, x.dims), {.channels = c}));
}

// Cells attend to cells; tokens are the last axis on one side, the first on the other.
T MapAttention(Net& net, const T& x, int64_t heads) {
  const int64_t c = x.dims[1], cells = x.dims[2] * x.dims[3];
  const std::vector<T> parts =
      Split(net, Reshape(net, Conv(net, x, {.channels = 3 * c}), {1, heads, 3 * c / heads, cells}),
            {c / heads, c / heads, c / heads}, 2);
  const T scores = Mul(net, MatMul(net, Transpose(net, parts[0], {0, 1, 3, 2}), parts[1]), net.Scalar(0.2));
  const T y = MatMul(net, parts[2], Transpose(net, Softmax(net, scores, -1), {0, 1, 3, 2}));
  const T bias = Conv(net, Reshape(net, parts[2], x.dims), {.channels = c, .kernel = 3, .group = c});
  return Add(net, x, Conv(net, Add(net, Reshape(net, y, x.dims), bias), {.channels = c}));
}

// Softmax over tokens, as outlook attention and linear attention have it, and a product with unfolded values.
T LinearAttention(Net& net, const T& x, int64_t heads) {
  const int64_t c = x.dims[1], cells = x.dims[2] * x.dims[3];
  const T packed =
      Transpose(net, Reshape(net, Conv(net, x, {.channels = 3 * c}), {1, 3, heads, c / heads, cells}), {1, 0, 2, 4, 3});
  const auto part = [&](int64_t i) { return net.Op("Squeeze", {Slice(net, packed, 0, i, i + 1), net.Ints({0})}); };
  const T k = Softmax(net, part(1), 2);
  const T context = MatMul(net, Transpose(net, k, {0, 1, 3, 2}), part(2));
  const T y = MatMul(net, Softmax(net, part(0), -1), context);
  return Add(net, x, Conv(net, Reshape(net, Transpose(net, y, {0, 1, 3, 2}), x.dims), {.channels = c}));
}

}  // namespace

void BuildHybrid(Net& net) {
  const Activation activation =
      net.Turn({Activation::kGelu, Activation::kSilu, Activation::kHardSwish, Activation::kGeluOp});
  const int64_t side = net.Turn<int64_t>({128, 96, 160, 224, 64}), c = net.Turn<int64_t>({48, 64, 96, 40, 128});
  const int64_t heads = net.Turn<int64_t>({4, 2, 8});
  T x = net.Input({1, 3, side, side});
  x = Conv(net, x, {.channels = c, .kernel = 4, .stride = 4, .padded = false});
  x = ConvNextBlock(net, ChannelNorm(net, x), activation);
  x = net.index() % 2 == 0 ? PoolBlock(net, x, activation) : ConvNextBlock(net, x, activation);
  x = ConvAct(net, x, {.channels = 2 * c, .kernel = 3, .stride = 2}, activation);
  x = ChannelAttention(net, x, heads);
  x = ConvNextBlock(net, x, activation);
  x = ConvAct(net, x, {.channels = 4 * c, .kernel = 2, .stride = 2, .padded = false}, activation);
  x = net.index() % 2 == 0 ? MapAttention(net, x, heads) : LinearAttention(net, x, heads);
  x = PoolBlock(net, x, activation);
  net.Output(Gemm(net, LayerNorm(net, Reduce(net, "ReduceMean", x, {2, 3}, false)), 1000));
}

// Layers over tokens and layers over channels, in turn; per-channel factors instead of norms.
void BuildMixer(Net& net) {
  const Activation activation = net.Turn({Activation::kGelu, Activation::kGelu, Activation::kRelu});
  const int64_t width = net.Turn<int64_t>({384, 256, 512, 768, 192}), side = net.Turn<int64_t>({14, 7, 8, 16, 12}),
                patch = net.Turn<int64_t>({16, 32, 8});
  const T image = net.Input({1, 3, side * patch, side * patch});
  const T patches = Conv(net, image, {.channels = width, .kernel = patch, .stride = patch, .padded = false});
  T x = Transpose(net, Reshape(net, patches, {1, width, side * side}), {0, 2, 1});
  for (int block = 0; block < 3 && net.macs() < 5e8; ++block) {
    const bool affine = net.index() % 2 == 1;
    const auto normed = [&](const T& t) {
      return affine ? Add(net, Mul(net, t, net.Weight({1, 1, width})), net.Weight({1, 1, width})) : LayerNorm(net, t);
    };
    const T turned = Transpose(net, normed(x), {0, 2, 1});
    const T mixed =
        affine ? Linear(net, turned, side * side) : Mlp(net, turned, net.Turn<int64_t>({384, 256, 98}), activation);
    x = Add(net, x, Transpose(net, mixed, {0, 2, 1}));
    x = Add(net, x, Mlp(net, normed(x), width * net.Turn<int64_t>({4, 3, 2}), activation));
  }
  // Large kernels over patches, activations before norms.
  T map = Reshape(net, Transpose(net, x, {0, 2, 1}), {1, width, side, side});
  map =
      Add(net, map,
          BatchNorm(
              net,
              Activate(net, Conv(net, map, {.channels = width, .kernel = net.Turn<int64_t>({7, 9, 5}), .group = width}),
                       activation)));
  map = BatchNorm(net, ConvAct(net, map, {.channels = width}, activation));
  net.Output(Classifier(net, map, 1000));
}

}  // namespace opcost::generate
