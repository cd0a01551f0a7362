#include "costing/calibration/generate/layers.h"

#include <algorithm>

namespace opcost::generate {
namespace {

constexpr double kEpsilon = 1e-5;
constexpr int kReduceAxesInputOpset = 18;  // ReduceSum had them as an operand from 13 on
constexpr int kReduceSumInputOpset = 13;

Dims Repeated(size_t n, int64_t value) { return Dims(n, value); }

}  // namespace

T Conv(Net& net, const T& x, const ConvSpec& spec) {
  const size_t spatial = x.dims.size() - 2;
  Dims kernel = Repeated(spatial, spec.kernel);
  if (spec.width > 0) kernel.back() = spec.width;
  Dims weight = {spec.channels, x.dims[1] / spec.group};
  weight.insert(weight.end(), kernel.begin(), kernel.end());
  Dims pads;
  for (int side = 0; side < 2; ++side) {
    for (int64_t k : kernel) pads.push_back(spec.padded ? spec.dilation * (k - 1) / 2 : 0);
  }
  std::vector<T> inputs = {x, net.Weight(weight)};
  if (spec.bias) inputs.push_back(net.Weight({spec.channels}));
  return net.Op("Conv", inputs,
                {{"kernel_shape", kernel},
                 {"strides", Repeated(spatial, spec.stride)},
                 {"pads", pads},
                 {"dilations", Repeated(spatial, spec.dilation)},
                 {"group", spec.group}});
}

T ConvAct(Net& net, const T& x, const ConvSpec& spec, Activation activation) {
  return Activate(net, Conv(net, x, spec), activation);
}

T Depthwise(Net& net, const T& x, int64_t kernel, int64_t stride, Activation activation) {
  const int64_t channels = x.dims[1];
  return ConvAct(net, x, {.channels = channels, .kernel = kernel, .stride = stride, .group = channels}, activation);
}

T BatchNorm(Net& net, const T& x) {
  const Dims channels = {x.dims[1]};
  return net.Op("BatchNormalization",
                {x, net.Near(channels, 0.5, 1.5), net.Near(channels, -0.5, 0.5), net.Near(channels, -0.5, 0.5),
                 net.Near(channels, 0.5, 1.5)},
                {{"epsilon", kEpsilon}});
}

T Pooling(Net& net, const T& x, Pool pool, int64_t kernel, int64_t stride) {
  const size_t spatial = x.dims.size() - 2;
  Attributes attributes = {{"kernel_shape", Repeated(spatial, kernel)},
                           {"strides", Repeated(spatial, stride)},
                           {"pads", Repeated(2 * spatial, kernel % 2 == 1 ? kernel / 2 : 0)}};
  if (pool == Pool::kAverage) attributes.push_back({"count_include_pad", int64_t{1}});
  return net.Op(pool == Pool::kMax ? "MaxPool" : "AveragePool", {x}, attributes);
}

T GlobalPool(Net& net, const T& x) { return net.Op("GlobalAveragePool", {x}); }

T Classifier(Net& net, const T& x, int64_t classes) {
  const T pooled = net.Op("Flatten", {GlobalPool(net, x)}, {{"axis", int64_t{1}}});
  return Gemm(net, pooled, classes);
}

T SqueezeExcite(Net& net, const T& x, int64_t hidden, Activation activation, Activation gate) {
  const T pooled = net.random.Chance(0.5) ? GlobalPool(net, x) : Reduce(net, "ReduceMean", x, {2, 3}, /*keep=*/true);
  const T squeezed = ConvAct(net, pooled, {.channels = hidden}, activation);
  return Mul(net, x, ConvAct(net, squeezed, {.channels = x.dims[1]}, gate));
}

T Add(Net& net, const T& a, const T& b) { return net.Op("Add", {a, b}); }
T Mul(Net& net, const T& a, const T& b) { return net.Op("Mul", {a, b}); }
T Reshape(Net& net, const T& x, const Dims& dims) { return net.Op("Reshape", {x, net.Ints(dims)}); }
T Transpose(Net& net, const T& x, const Dims& permutation) { return net.Op("Transpose", {x}, {{"perm", permutation}}); }
T Concat(Net& net, const std::vector<T>& parts, int64_t axis) { return net.Op("Concat", parts, {{"axis", axis}}); }

std::vector<T> Split(Net& net, const T& x, const Dims& sizes, int64_t axis) {
  return net.Ops("Split", {x, net.Ints(sizes)}, {{"axis", axis}}, sizes.size());
}

T Slice(Net& net, const T& x, int64_t axis, int64_t from, int64_t to, int64_t step) {
  return net.Op("Slice", {x, net.Ints({from}), net.Ints({to}), net.Ints({axis}), net.Ints({step})});
}

T Reduce(Net& net, absl::string_view op_type, const T& x, const Dims& axes, bool keep) {
  const BuiltAttribute keepdims = {"keepdims", int64_t{keep}};
  const int since = op_type == "ReduceSum" ? kReduceSumInputOpset : kReduceAxesInputOpset;
  if (net.opset() >= since) return net.Op(op_type, {x, net.Ints(axes)}, {keepdims});
  return net.Op(op_type, {x}, {{"axes", axes}, keepdims});
}

T Softmax(Net& net, const T& x, int64_t axis) { return net.Op("Softmax", {x}, {{"axis", axis}}); }

T Linear(Net& net, const T& x, int64_t out, bool bias) {
  const T product = net.Op("MatMul", {x, net.Weight({x.dims.back(), out}, x.dtype)});
  return bias ? Add(net, product, net.Weight({out}, x.dtype)) : product;
}

T Gemm(Net& net, const T& x, int64_t out) {
  return net.Op("Gemm", {x, net.Weight({out, x.dims.back()}), net.Weight({out})}, {{"transB", int64_t{1}}});
}

T Mlp(Net& net, const T& x, int64_t hidden, Activation activation) {
  return Linear(net, Activate(net, Linear(net, x, hidden), activation), x.dims.back());
}

T MatMul(Net& net, const T& a, const T& b) { return net.Op("MatMul", {a, b}); }

T LayerNorm(Net& net, const T& x) {
  const Dims last = {x.dims.back()};
  const T scale = net.Weight(last, x.dtype), shift = net.Weight(last, x.dtype);
  if (net.random.Chance(0.7)) {
    return net.Op("LayerNormalization", {x, scale, shift}, {{"axis", int64_t{-1}}, {"epsilon", kEpsilon}});
  }
  const T centred = net.Op("Sub", {x, Reduce(net, "ReduceMean", x, {-1}, true)});
  const T variance = Reduce(net, "ReduceMean", net.Op("Pow", {centred, net.Scalar(2)}), {-1}, true);
  const T deviation = net.Op("Sqrt", {Add(net, variance, net.Scalar(kEpsilon))});
  return Add(net, Mul(net, net.Op("Div", {centred, deviation}), scale), shift);
}

T RmsNorm(Net& net, const T& x) {
  const T mean = Reduce(net, "ReduceMean", net.Op("Pow", {x, net.Scalar(2)}), {-1}, true);
  const T root = net.Op("Sqrt", {Add(net, mean, net.Scalar(kEpsilon))});
  return Mul(net, Mul(net, x, net.Op("Div", {net.Scalar(1), root})), net.Weight({x.dims.back()}));
}

T InstanceNorm(Net& net, const T& x) {
  const Dims channels = {x.dims[1]};
  return net.Op("InstanceNormalization", {x, net.Weight(channels), net.Weight(channels)}, {{"epsilon", kEpsilon}});
}

T GroupNorm(Net& net, const T& x, int64_t groups) {
  const T flat = Reshape(net, x, {x.dims[0], groups, -1});
  const T normed = net.Op("InstanceNormalization", {flat, net.Near({groups}, 1, 1), net.Near({groups}, 0, 0)},
                          {{"epsilon", kEpsilon}});
  const T back = Reshape(net, normed, x.dims);
  Dims channels(x.dims.size() - 1, 1);
  channels[0] = x.dims[1];
  return Add(net, Mul(net, back, net.Weight(channels)), net.Weight(channels));
}

T ChannelNorm(Net& net, const T& x) {
  return Transpose(net, LayerNorm(net, Transpose(net, x, {0, 2, 3, 1})), {0, 3, 1, 2});
}

int64_t Channels(Net& net, int64_t low, int64_t high) {
  constexpr int64_t kStep = 8;
  const int64_t channels = net.random.LogBetween(low, std::max(low, high));
  if (net.random.Chance(0.25)) return channels;
  return std::max(kStep, (channels + kStep - 1) / kStep * kStep);
}

}  // namespace opcost::generate
