// Convolutional networks: dense, pointwise and dilated convolutions, residuals, dense blocks, inception branches.
#include <algorithm>

#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

// Channels so that a kernel of `taps` over x has about the work of a real layer: most have tens of millions of
// multiply-accumulates, few have hundreds.
int64_t NextChannels(Net& net, const T& x, int64_t taps) {
  const double positions = static_cast<double>(Elements(x)) / static_cast<double>(x.dims[1]);
  const double layer_macs = static_cast<double>(net.random.LogBetween(20000000, 250000000));
  const double most = layer_macs / (positions * static_cast<double>(x.dims[1] * taps));
  return Channels(net, 16, std::clamp<int64_t>(static_cast<int64_t>(most), 24, 1024));
}

T Normed(Net& net, const T& x, const ConvSpec& spec, Activation activation, bool norm) {
  const T y = Conv(net, x, spec);
  return Activate(net, norm ? BatchNorm(net, y) : y, activation);
}

T Basic(Net& net, const T& x, Activation activation) {
  const int64_t c = x.dims[1];
  const T y = Conv(net, ConvAct(net, x, {.channels = c, .kernel = 3}, activation), {.channels = c, .kernel = 3});
  return Activate(net, Add(net, y, x), activation);
}

T Bottleneck(Net& net, const T& x, Activation activation) {
  const int64_t c = x.dims[1], narrow = std::max<int64_t>(16, c / 4);
  const T y =
      ConvAct(net, ConvAct(net, x, {.channels = narrow}, activation), {.channels = narrow, .kernel = 3}, activation);
  return Activate(net, Add(net, Conv(net, y, {.channels = c}), x), activation);
}

// The first block of a stage: the shortcut is a convolution, too.
T Downsample(Net& net, const T& x, Activation activation) {
  const int64_t out = std::min<int64_t>(2 * x.dims[1], 1024);
  const T y = ConvAct(net, x, {.channels = out / 2, .kernel = 3, .stride = 2}, activation);
  return Activate(net, Add(net, Conv(net, y, {.channels = out}), Conv(net, x, {.channels = out, .stride = 2})),
                  activation);
}

// Norm and activation before the convolution, results side by side.
T DenseBlock(Net& net, T x, Activation activation) {
  const int64_t growth = net.random.Pick<int64_t>({12, 16, 32, 48});
  for (int layer = 0; layer < 3; ++layer) {
    const T narrow = Conv(net, Activate(net, BatchNorm(net, x), activation), {.channels = 4 * growth, .bias = false});
    x = Concat(net, {x, Conv(net, Activate(net, narrow, activation), {.channels = growth, .kernel = 3})}, 1);
  }
  return x;
}

T Inception(Net& net, const T& x, Activation activation) {
  const int64_t c = std::min<int64_t>(NextChannels(net, x, 9), 192);
  const T one = ConvAct(net, x, {.channels = c}, activation);
  const T reduced = ConvAct(net, x, {.channels = c / 2 + 1}, activation);
  const T three = ConvAct(net, reduced, {.channels = c, .kernel = 3}, activation);
  const T row = ConvAct(net, reduced, {.channels = c, .kernel = 1, .width = 7}, activation);
  const T pooled = ConvAct(net, Pooling(net, x, net.random.Pick({Pool::kMax, Pool::kAverage}), 3, 1),
                           {.channels = c / 2 + 8}, activation);
  return Concat(net, {one, three, row, pooled}, 1);
}

T Block(Net& net, const T& x, Activation activation) {
  const bool norm = net.random.Chance(0.3);
  switch (net.random.Between(0, 9)) {
    case 0:
    case 1: {
      const int64_t kernel = net.random.Pick<int64_t>({3, 3, 3, 5, 7, 2});
      return Normed(net, x, {.channels = NextChannels(net, x, kernel * kernel), .kernel = kernel}, activation, norm);
    }
    case 2:
    case 3:
      return Normed(net, x, {.channels = NextChannels(net, x, 1)}, activation, norm);
    case 4:
      return Bottleneck(net, x, activation);
    case 5:
      return Basic(net, ConvAct(net, x, {.channels = std::min<int64_t>(NextChannels(net, x, 9), 256)}, activation),
                   activation);
    case 6:
      return DenseBlock(net, x, activation);
    case 7:
      return Inception(net, x, activation);
    case 8: {
      const int64_t dilation = net.random.Pick<int64_t>({2, 3, 4, 6, 12});
      return Normed(net, x, {.channels = NextChannels(net, x, 9), .kernel = 3, .dilation = dilation}, activation, norm);
    }
    default:
      return Normed(net, x, {.channels = NextChannels(net, x, 9), .kernel = 3, .padded = x.dims[2] < 5}, activation,
                    norm);
  }
}

// Half the height and width, one way or the other.
T Halve(Net& net, const T& x, Activation activation) {
  switch (net.random.Between(0, 3)) {
    case 0:
      return Pooling(net, x, Pool::kMax, net.random.Pick<int64_t>({2, 3}), 2);
    case 1:
      return Pooling(net, x, Pool::kAverage, net.random.Pick<int64_t>({2, 3}), 2);
    case 2:
      return Downsample(net, x, activation);
    default: {
      const int64_t kernel = net.random.Pick<int64_t>({1, 3, 3, 5});
      return ConvAct(net, x, {.channels = NextChannels(net, x, kernel * kernel), .kernel = kernel, .stride = 2},
                     activation);
    }
  }
}

}  // namespace

void BuildConvnet(Net& net) {
  const int64_t side = net.Turn<int64_t>({112, 224, 64, 160, 96, 300, 128, 56, 192, 32});
  const Activation activation = ConvActivation(net);
  const double most_macs = static_cast<double>(net.random.LogBetween(400000000, 1200000000));
  T x = net.Input({net.random.Chance(0.15) ? 2 : 1, 3, side, side});
  const int64_t stem = net.Turn<int64_t>({3, 7, 3, 11, 5, 4, 3, 6});
  x = ConvAct(net, x, {.channels = Channels(net, 16, 64), .kernel = stem, .stride = side > 64 ? 2 : 1}, activation);
  if (side > 96) x = Pooling(net, x, net.Turn({Pool::kMax, Pool::kMax, Pool::kAverage}), 3, 2);
  for (int block = 0; block < 40 && net.macs() < most_macs; ++block) {
    x = Block(net, x, activation);
    if (x.dims[2] > 7 && net.random.Chance(0.3)) x = Halve(net, x, activation);
  }
  net.Output(Classifier(net, x, net.Turn<int64_t>({1000, 10, 100, 512, 21841})));
}

// Wide layers one behind another, as VGG and the stages of residual networks have them: up to more than a thousand
// million multiply-accumulates each.
void BuildConvnetDeep(Net& net) {
  const Activation activation = ConvActivation(net);
  const int64_t side = net.Turn<int64_t>({28, 14, 56, 7, 20, 40, 112});
  const int64_t least = side > 28   ? 48
                        : side > 14 ? 128
                                    : 256,
                most = side > 56   ? 96
                       : side > 28 ? 256
                       : side > 14 ? 512
                                   : 1024;
  T x = net.Input({1, Channels(net, least, most), side, side});
  for (int block = 0; block < 6 && net.macs() < 1.2e9; ++block) {
    const int64_t c = net.random.Chance(0.4) ? x.dims[1] : Channels(net, least, most);
    x = ConvAct(net, x, {.channels = c, .kernel = 3}, activation);
    if (net.random.Chance(0.4)) x = Bottleneck(net, x, activation);
    if (x.dims[2] >= 14 && net.random.Chance(0.3)) x = Halve(net, x, activation);
  }
  net.Output(Classifier(net, x, 1000));
}

}  // namespace opcost::generate
