// Matrix products over M, N and K: by weights and of activations, single vectors, batches, transposed, Einsum.
#include <algorithm>

#include "costing/calibration/generate/attention.h"
#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

// Multiply-accumulates of one product, at most.
double MostMacs(Net& net) { return static_cast<double>(net.random.LogBetween(10000000, 600000000)); }

int64_t Extent(Net& net, int64_t low, int64_t high) {
  const int64_t n = net.random.LogBetween(low, high);
  return net.random.Chance(0.6) ? std::max<int64_t>(low, n / 16 * 16) : n;
}

// K × N so that the product with `rows` rows stays in bounds.
Dims WeightFor(Net& net, int64_t rows, int64_t most) {
  const int64_t k = Extent(net, 32, most);
  const int64_t n = static_cast<int64_t>(MostMacs(net) / static_cast<double>(k * rows));
  return {k, Extent(net, 8, std::clamp<int64_t>(n, 16, most))};
}

}  // namespace

void BuildGemms(Net& net) {
  for (int i = 0; i < 6; ++i) {
    const int64_t rows = i < 2 ? 1 : net.random.LogBetween(2, 1024);
    const Dims w = WeightFor(net, rows, 4096);
    const T x = net.Input({rows, w[0]});
    T y = i % 2 == 0 ? Gemm(net, x, w[1]) : net.Op("Gemm", {x, net.Weight(w), net.Weight({w[1]})});
    if (i % 3 == 1) {
      using A = Activation;
      y = Activate(net, y, net.random.Pick({A::kRelu, A::kTanh, A::kSigmoid, A::kLeakyRelu}));
    }
    net.Output(y);
  }
  // Many rows of a few elements: heads that are mixed.
  for (int i = 0; i < 2; ++i) {
    const int64_t few = net.random.Pick<int64_t>({2, 4, 8, 12, 16});
    net.Output(Linear(net, net.Input({1, net.random.LogBetween(1000, 40000), few}),
                      net.random.Pick<int64_t>({few, few, 3, 32}), true));
  }
  // Three axes, a bias, a factor.
  for (int i = 0; i < 3; ++i) {
    const int64_t rows = net.random.LogBetween(4, 400), batch = net.random.Pick<int64_t>({1, 1, 2, 8});
    const Dims w = WeightFor(net, rows * batch, 2048);
    const T x = net.Input({batch, rows, w[0]});
    net.Output(Linear(net, x, w[1], net.random.Chance(0.5)));
    net.Output(net.Op("Gemm", {net.Input({w[0], rows}), net.Weight(w)}, {{"transA", int64_t{1}}, {"alpha", 0.5}}));
  }
}

// Weights against one row or a few: what steps of language models and classifiers are bound by. The first are beyond
// every cache. Memory is the least steady part of a machine, so this family comes often.
void BuildVectors(Net& net) {
  constexpr int64_t kBeyondCaches = 12'000'000;  // floats
  for (int i = 0; i < 6; ++i) {
    const int64_t k = Extent(net, 128, 4096);
    const int64_t n = i == 0 ? Extent(net, kBeyondCaches / k, 3 * kBeyondCaches / k) : Extent(net, 128, 3000);
    const int64_t rows = i % 3 == 2 ? net.random.Between(2, 12) : 1;
    const T x = net.Input({1, rows, k});
    net.Output(i % 2 == 0 ? Linear(net, x, n, false) : Gemm(net, Reshape(net, x, {rows, k}), n));
  }
  // At one position a convolution is a vector product, too.
  for (int i = 0; i < 4; ++i) {
    const int64_t c = Extent(net, 8, 1024);
    net.Output(ConvAct(net, net.Input({1, c, 1, 1}), {.channels = Extent(net, 8, 1024)},
                       net.random.Pick({Activation::kSigmoid, Activation::kRelu, Activation::kNone})));
  }
}

void BuildBatchedProducts(Net& net) {
  for (int i = 0; i < 10; ++i) {
    const int64_t head = net.random.Pick<int64_t>({16, 24, 32, 48, 64, 80, 96, 128, 512});
    const int64_t rows = i % 4 == 3 ? 1 : net.random.LogBetween(7, 512),
                  columns = net.random.Chance(0.6) && rows > 1 ? rows : net.random.LogBetween(7, 1024);
    const double one = static_cast<double>(rows * columns * head);
    const int64_t most = std::clamp<int64_t>(static_cast<int64_t>(MostMacs(net) / 3 / one), 1, 512);
    const Dims batch = {net.random.Pick<int64_t>({1, 1, 2}), net.random.LogBetween(1, most)};
    const T q = net.Input({batch[0], batch[1], rows, head}), k = net.Input({batch[0], batch[1], columns, head});
    T scores = MatMul(net, q, Transpose(net, k, {0, 1, 3, 2}));
    if (i % 3 == 0) scores = net.Op("Div", {scores, net.Scalar(8)});
    if (i % 2 == 0) scores = Softmax(net, scores, -1);
    net.Output(MatMul(net, scores, net.Input({batch[0], batch[1], columns, head})));
  }
  // The second operand is the same for all, and both are matrices.
  net.Output(
      MatMul(net, net.Input({net.random.LogBetween(16, 512), 256}), net.Input({256, net.random.LogBetween(16, 512)})));
  net.Output(
      MatMul(net, net.Input({8, net.random.LogBetween(16, 128), 64}), net.Input({64, net.random.LogBetween(16, 256)})));
}

void BuildEinsums(Net& net) {
  struct Row {
    const char* equation;
    Dims a, b;
  };
  const int64_t n = net.random.LogBetween(16, 196), m = net.random.LogBetween(16, 256),
                d = net.random.Pick<int64_t>({32, 64, 96}), h = net.random.Between(2, 8);
  for (const Row& row :
       {Row{"bhid,bhjd->bhij", {1, h, n, d}, {1, h, m, d}}, Row{"bhij,bhjd->bhid", {1, h, n, m}, {1, h, m, d}},
        Row{"bijc,hc->bijh", {1, 16, 16, d}, {h, d}}, Row{"bchw,bkc->bkhw", {1, d, 20, 20}, {1, m, d}},
        Row{"bij,bjk->bik", {h, n, m}, {h, m, d}}, Row{"nhwc,hkc->nhwk", {1, 14, 14, d}, {14, 14, d}},
        Row{"blhd,bmhd->bhlm", {1, n, h, d}, {1, m, h, d}}}) {
    if (net.random.Chance(0.8))
      net.Output(net.Op("Einsum", {net.Input(row.a), net.Input(row.b)}, {{"equation", std::string(row.equation)}}));
  }
}

namespace {

constexpr int64_t kWideLayers = 17;

// Layers as large as real models have them: these first, then their like.
T WideLayer(Net& net) {
  using A = Activation;
  const auto about = [&](int64_t n) {
    return net.index() < kWideLayers ? n : n / 8 * net.random.Pick<int64_t>({4, 5, 6, 7, 9});
  };
  const auto conv = [&](const Dims& in, const ConvSpec& spec, A activation) {
    return ConvAct(net, net.Input(in), spec, activation);
  };
  const auto linear = [&](int64_t rows, int64_t width, int64_t columns, bool bias) {
    return Linear(net, net.Input({1, rows, width}), columns, bias);
  };
  switch (net.index() % kWideLayers) {
    case 0:  // VGG
      return conv({1, about(64), about(224), 224}, {.channels = about(64), .kernel = 3}, A::kRelu);
    case 1:  // a large vision transformer
      return Mlp(net, net.Input({1, about(577), about(1024)}), about(4096), A::kGelu);
    case 2:  // video
      return conv({1, about(64), 8, 56, 56}, {.channels = about(64), .kernel = 3}, A::kRelu);
    case 3:  // the last layer of a language model
      return linear(1, about(2048), about(32000), false);
    case 4: {  // attention over many tokens
      const Dims heads = {1, 6, about(1370), 64};
      return Attend(net, {net.Input(heads), net.Input(heads), net.Input(heads)});
    }
    case 5:  // the head of a segmenter
      return conv({1, about(1024), 128, 128}, {.channels = about(256)}, A::kRelu);
    case 6:  // the last layer of GPT-2, behind a prompt
      return linear(about(128), 768, about(50257), false);
    case 7: {  // a decoder of images
      const T x = net.Input({1, 256, about(128), about(128)});
      return Activate(net, Add(net, GroupNorm(net, x, 32), x), A::kSilu);
    }
    case 8:  // windows that mostly lie beyond the image
      return Conv(net, net.Input({1, about(960), 33, 33}),
                  {.channels = 256, .kernel = 3, .dilation = net.random.Pick<int64_t>({12, 24, 36})});
    case 9: {  // masked scores over many tokens, as separate operators
      const T scores = Mul(net, net.Input({1, 12, about(1400), 1400}), net.Scalar(0.125));
      return Softmax(net, Add(net, scores, net.Input({1, 1, scores.dims[2], 1400})), -1);
    }
    case 10: {  // a detector's second layer, as a sequence
      const int64_t channels = about(64);
      const T x = conv({1, about(32), 320, 320}, {.channels = channels, .kernel = 3, .stride = 2}, A::kSilu);
      return Transpose(net, Reshape(net, x, {1, channels, -1}), {0, 2, 1});
    }
    case 11:
      return net.Op("Resize", {net.Input({1, about(64), 64, 64}), {}, net.Floats({4}, {1, 1, 4, 4})},
                    {{"mode", std::string("linear")}, {"coordinate_transformation_mode", std::string("half_pixel")}});
    case 12:  // video again, later
      return conv({1, about(128), 8, 28, 28}, {.channels = about(128), .kernel = 3}, A::kRelu);
    case 13: {
      const int64_t width = about(3072);
      return net.Ms("BiasGelu", {linear(about(1024), about(768), width, false), net.Weight({width})});
    }
    case 14:  // AlexNet
      return Activate(net, Gemm(net, net.Input({1, about(9216)}), about(4096)), A::kRelu);
    case 15: {  // the finest level of a pyramid
      const Dims level = {1, about(256), 128, about(128)};
      return Concat(net, {net.Input(level), net.Input(level), net.Input(level)}, 1);
    }
    default:
      return Depthwise(net, net.Input({1, about(192), about(112), 112}), 5, 1, A::kSilu);
  }
}

}  // namespace

// One layer each, where others stay small.
void BuildWide(Net& net) { net.Output(WideLayer(net)); }

}  // namespace opcost::generate
