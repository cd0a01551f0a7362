// Networks for phones: inverted bottlenecks, depthwise convolutions, squeeze-excite, channel shuffles; and grouped
// convolutions as RegNet and ResNeXt have them.
#include <algorithm>

#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

constexpr double kMostMacs = 3e8;

struct Style {
  Activation activation, excite, gate;
  int64_t step;  // channels are multiples of it
};

T InvertedBottleneck(Net& net, const T& x, const Style& style, int64_t out, int64_t stride) {
  const int64_t expansion = net.random.Pick<int64_t>({1, 2, 3, 4, 6, 6});
  const int64_t wide = std::min<int64_t>(x.dims[1] * expansion, 1536);
  const int64_t kernel = net.random.Pick<int64_t>({3, 3, 5, 5, 7});
  T y = expansion > 1 ? ConvAct(net, x, {.channels = wide}, style.activation) : x;
  y = Depthwise(net, y, kernel, stride, style.activation);
  if (net.random.Chance(0.5)) {
    const int64_t hidden = std::max<int64_t>(4, wide / net.random.Pick<int64_t>({4, 16, 24}));
    y = SqueezeExcite(net, y, hidden, style.excite, style.gate);
  }
  y = Conv(net, y, {.channels = out});
  return stride == 1 && out == x.dims[1] ? Add(net, y, x) : y;
}

T Shuffle(Net& net, const T& x, int64_t groups) {
  const int64_t c = x.dims[1], h = x.dims[2], w = x.dims[3];
  const T split = Transpose(net, Reshape(net, x, {1, groups, c / groups, h, w}), {0, 2, 1, 3, 4});
  return Reshape(net, split, {1, c, h, w});
}

// Half of the channels pass by; the rest goes through a depthwise convolution.
T ShuffleUnit(Net& net, const T& x, Activation activation) {
  const int64_t half = x.dims[1] / 2;
  const std::vector<T> parts = Split(net, x, {half, x.dims[1] - half}, 1);
  T y = ConvAct(net, parts[1], {.channels = half}, activation);
  y = Conv(net, y, {.channels = half, .kernel = 3, .group = half});
  y = ConvAct(net, y, {.channels = half}, activation);
  return Shuffle(net, Concat(net, {parts[0], y}, 1), 2);
}

int64_t Width(Net& net, int64_t low, int64_t high, int64_t step) {
  const int64_t c = net.random.LogBetween(low, high);
  return std::max(step, (c + step / 2) / step * step);
}

}  // namespace

void BuildMobile(Net& net) {
  using A = Activation;
  const Style style = {
      .activation = net.Turn({A::kRelu6, A::kHardSwish, A::kSilu, A::kRelu, A::kHardSwishHs, A::kGelu}),
      .excite = net.Turn({A::kRelu, A::kSilu}),
      .gate = net.Turn({A::kSigmoid, A::kHardSigmoid, A::kSigmoid}),
      .step = net.Turn<int64_t>({8, 8, 4, 16, 8, 1})};
  const int64_t side = net.Turn<int64_t>({224, 160, 96, 300, 128, 192});
  T x = net.Input({1, 3, side, side});
  x = ConvAct(net, x, {.channels = net.Turn<int64_t>({32, 16, 24, 40}), .kernel = 3, .stride = 2}, style.activation);
  int64_t low = 16;
  for (int stage = 0; stage < 5 && net.macs() < kMostMacs; ++stage, low = low * 3 / 2) {
    const int64_t out = Width(net, low, 2 * low, style.step);
    x = InvertedBottleneck(net, x, style, out, x.dims[2] > 7 ? 2 : 1);
    const int64_t repeats = net.random.Between(1, 3);
    for (int64_t i = 0; i < repeats && net.macs() < kMostMacs; ++i) {
      x = InvertedBottleneck(net, x, style, net.random.Chance(0.8) ? out : Width(net, low, 2 * low, style.step), 1);
    }
  }
  x = ConvAct(net, x, {.channels = Width(net, 400, 1600, 16)}, style.activation);
  net.Output(Classifier(net, x, net.Turn<int64_t>({1000, 100})));
}

// Depthwise convolutions alone, over kernels, strides, channels and sizes.
void BuildDepthwise(Net& net) {
  const Activation activation = ConvActivation(net);
  const int64_t side = net.Turn<int64_t>({56, 14, 112, 28, 7, 20, 80});
  T x = net.Input({1,
                   Channels(net,
                            side > 28   ? 16
                            : side > 14 ? 64
                                        : 256,
                            side > 56   ? 96
                            : side > 14 ? 384
                                        : 1024),
                   side, side});
  for (int block = 0; block < 8; ++block) {
    const int64_t kernel = net.random.Pick<int64_t>({3, 5, 7, 3, 9, 31, 2});
    const int64_t stride = x.dims[2] > 7 && net.random.Chance(0.25) ? 2 : 1;
    if (net.random.Chance(0.2)) {
      const int64_t c = x.dims[1];
      x = Conv(net, x, {.channels = c, .kernel = 3, .group = c, .dilation = net.random.Pick<int64_t>({2, 3})});
    } else {
      x = Depthwise(net, x, std::min(kernel, 2 * x.dims[2] - 1), stride, activation);
    }
    if (net.random.Chance(0.4)) {
      x = Conv(net, x, {.channels = Channels(net, 16, x.dims[2] > 28 ? 128 : 768), .bias = false});
    }
    if (net.random.Chance(0.2)) x = Activate(net, BatchNorm(net, x), activation);
  }
  net.Output(x);
}

void BuildShuffle(Net& net) {
  const Activation activation = net.Turn({Activation::kRelu, Activation::kSilu});
  const int64_t side = net.Turn<int64_t>({112, 56, 224, 64});
  T x = net.Input({1, 3, side, side});
  x = ConvAct(net, x, {.channels = 24, .kernel = 3, .stride = 2}, activation);
  x = Pooling(net, x, Pool::kMax, 3, 2);
  for (int stage = 0; stage < 3 && x.dims[2] > 4; ++stage) {
    const int64_t c = 2 * Width(net, 32 << stage, 64 << stage, net.random.Pick<int64_t>({2, 4, 8}));
    x = ConvAct(net, x, {.channels = c, .kernel = 3, .stride = 2}, activation);
    for (int unit = 0; unit < 5; ++unit) x = ShuffleUnit(net, x, activation);
  }
  net.Output(Classifier(net, x, 1000));
}

// Channels that fill no blocks, several filters a channel, one dimension: what stays on the plain layout.
void BuildPlainDepthwise(Net& net) {
  for (int i = 0; i < 5; ++i) {
    const int64_t side = net.random.Pick<int64_t>({7, 14, 28, 56}), most = side > 28 ? 60 : 240;
    const int64_t uneven = 8 * net.random.LogBetween(1, most / 8) + net.random.Pick<int64_t>({2, 4, 6});
    net.Output(Conv(net, net.Input({1, uneven, side, side}),
                    {.channels = uneven,
                     .kernel = net.random.Pick<int64_t>({3, 5, 7, 9}),
                     .stride = net.random.Pick<int64_t>({1, 1, 2}),
                     .group = uneven,
                     .bias = net.random.Chance(0.5)}));
    const int64_t even = 8 * net.random.LogBetween(2, most / 8);
    net.Output(Conv(net, net.Input({1, even, side, side}),
                    {.channels = net.random.Pick<int64_t>({2, 2, 3}) * even,
                     .kernel = net.random.Pick<int64_t>({3, 3, 5, 7}),
                     .stride = net.random.Pick<int64_t>({1, 2}),
                     .group = even}));
  }
  const int64_t frames = net.random.Pick<int64_t>({4, 8}), wide = Channels(net, 32, 128);
  net.Output(Conv(net, net.Input({net.random.Pick<int64_t>({1, 4}), wide, frames, 14, 14}),
                  {.channels = wide, .kernel = 3, .group = wide}));
  const int64_t c = Channels(net, 64, 768);
  net.Output(Conv(net, net.Input({1, c, net.random.Pick<int64_t>({64, 128, 250})}),
                  {.channels = c, .kernel = net.random.Pick<int64_t>({3, 9, 15}), .group = c}));
}

// Groups that fill whole blocks of channels and groups that do not.
void BuildGrouped(Net& net) {
  const Activation activation = ConvActivation(net);
  const int64_t side = net.Turn<int64_t>({56, 28, 14, 64, 112});
  T x = net.Input({1, Channels(net, 32, side > 28 ? 128 : 256), side, side});
  for (int block = 0; block < 12 && net.macs() < 1.5 * kMostMacs; ++block) {
    // Whole blocks, and what is none.
    const int64_t width = net.random.Chance(0.5) ? net.random.Pick<int64_t>({16, 32, 48, 64, 112})
                                                 : net.random.Pick<int64_t>({4, 8, 20, 24, 34, 40, 56, 68, 136});
    const int64_t groups = net.random.Pick<int64_t>({2, 3, 4, 8, 16, 32});
    const int64_t most = x.dims[2] > 28 ? 160 : x.dims[2] > 14 ? 320 : 768;
    const int64_t c = std::max(width, std::min<int64_t>(width * groups, most) / width * width);
    const int64_t stride = x.dims[2] > 7 && net.random.Chance(0.25) ? 2 : 1;
    T y = ConvAct(net, x, {.channels = c}, activation);
    y = ConvAct(
        net, y,
        {.channels = c, .kernel = net.random.Pick<int64_t>({3, 3, 3, 5, 1}), .stride = stride, .group = c / width},
        activation);
    if (net.random.Chance(0.4)) {
      y = SqueezeExcite(net, y, std::max<int64_t>(8, c / 4), Activation::kRelu, Activation::kSigmoid);
    }
    y = Conv(net, y, {.channels = c});
    x = y.dims == x.dims ? Activate(net, Add(net, y, x), activation) : Activate(net, y, activation);
  }
  net.Output(Classifier(net, x, 1000));
}

// First layers: few input channels, large kernels, steps as long as the kernel.
void BuildStem(Net& net) {
  const Activation activation = ConvActivation(net);
  const int64_t side = net.Turn<int64_t>({224, 112, 320, 64, 160, 384});
  for (int branch = 0; branch < 6; ++branch) {
    const int64_t cin = net.random.Pick<int64_t>({3, 3, 1, 4, 2, 6, 12});
    const T x = net.Input({1, cin, side, side});
    const int64_t kernel = net.random.Pick<int64_t>({3, 7, 3, 4, 5, 11, 14, 16, 2, 1, 6});
    const int64_t stride = kernel >= 14  ? kernel
                           : kernel == 4 ? net.random.Pick<int64_t>({4, 2})
                                         : net.random.Pick<int64_t>({1, 2, 2});
    const int64_t most = side * side * kernel * kernel / (stride * stride) > 250000 ? 40 : 160;
    T y = ConvAct(net, x,
                  {.channels = Channels(net, 12, most), .kernel = kernel, .stride = stride, .padded = kernel != stride},
                  activation);
    if (net.random.Chance(0.3)) y = Pooling(net, y, Pool::kMax, 3, 2);
    // Patches become a sequence.
    if (kernel >= 14 || net.random.Chance(0.3)) {
      y = Transpose(net, Reshape(net, y, {1, y.dims[1], y.dims[2] * y.dims[3]}), {0, 2, 1});
    }
    net.Output(y);
  }
}

}  // namespace opcost::generate
