// 16-bit floats: what a CPU runtime widens, computes and narrows again.
#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

constexpr DType kHalf = DType::kFloat16;

T HalfConv(Net& net, const T& x, int64_t channels, int64_t kernel, int64_t stride) {
  const T y = net.Op(
      "Conv", {x, net.Weight({channels, x.dims[1], kernel, kernel}, kHalf), net.Weight({channels}, kHalf)},
      {{"kernel_shape", Dims{kernel, kernel}}, {"strides", Dims{stride, stride}}, {"pads", Dims(4, kernel / 2)}});
  return net.Op("Relu", {y});
}

}  // namespace

void BuildHalf(Net& net) {
  const int64_t side = net.Turn<int64_t>({56, 112, 28}), c = net.Turn<int64_t>({32, 24, 64});
  T x = net.Op("Cast", {net.Input({1, 3, side, side})}, {{"to", int64_t{10}}});
  x = HalfConv(net, x, c, 3, 1);
  for (int block = 0; block < 2; ++block) {
    const T y = HalfConv(net, HalfConv(net, x, c, 3, 1), c, 1, 1);
    x = net.Op("Relu", {Add(net, x, y)});
  }
  x = net.Op("MaxPool", {x}, {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{2, 2}}});
  const T pooled = net.Op("Flatten", {net.Op("GlobalAveragePool", {x})});
  const T classes =
      net.Op("Gemm", {pooled, net.Weight({1000, c}, kHalf), net.Weight({1000}, kHalf)}, {{"transB", int64_t{1}}});
  net.Output(net.Op("Cast", {classes}, {{"to", int64_t{1}}}));
  const int64_t width = net.Turn<int64_t>({256, 384}), tokens = net.Turn<int64_t>({64, 16, 128});
  T y = net.Input({1, tokens, width}, kHalf);
  const T normed = net.Op("LayerNormalization", {y, net.Weight({width}, kHalf), net.Weight({width}, kHalf)});
  const T hidden = Linear(net, normed, 2 * width);
  const T gate = Mul(net, hidden, net.Op("Sigmoid", {hidden}));
  y = Add(net, y, Linear(net, gate, width));
  const T scores = MatMul(net, y, Transpose(net, y, {0, 2, 1}));
  net.Output(MatMul(net, Softmax(net, Mul(net, scores, net.Scalar(0.05, kHalf)), -1), y));
  net.Output(net.Ms("Attention", {y, net.Weight({width, 3 * width}, kHalf), net.Weight({3 * width}, kHalf)},
                    {{"num_heads", int64_t{4}}}));
}

}  // namespace opcost::generate
