// 8 bits and fewer: what quantisers write, and what runtimes make of it.
#include <algorithm>

#include "costing/calibration/generate/attention.h"
#include "costing/calibration/generate/families.h"
#include "costing/calibration/generate/layers.h"

namespace opcost::generate {
namespace {

constexpr double kActivationScale = 0.02, kWeightScale = 0.01;

// An 8-bit tensor with its scale; `zero` matches its type.
struct Quantized {
  T value, scale, zero;
};

// How a quantiser was set.
struct Scheme {
  DType activations = DType::kUInt8;
  bool per_channel = true;
};

T ZeroPoint(Net& net, DType dtype) { return net.Integers(dtype, {}, {0}); }

Quantized Quantize(Net& net, const T& x, const Scheme& scheme) {
  const T scale = net.Scalar(kActivationScale), zero = ZeroPoint(net, scheme.activations);
  return {net.Op("QuantizeLinear", {x, scale, zero}), scale, zero};
}
T Dequantize(Net& net, const Quantized& q) { return net.Op("DequantizeLinear", {q.value, q.scale, q.zero}); }
T Requantize(Net& net, const T& x, const Scheme& scheme) { return Dequantize(net, Quantize(net, x, scheme)); }

// The constants of a layer, each behind a DequantizeLinear: 8-bit weights with a scale per output channel or one for
// all, and a bias whose scales are those times the activations'.
struct Stored {
  T weight, bias;
};
Stored StoredLayer(Net& net, const Dims& dims, const Scheme& scheme) {
  const int64_t channels = dims[0], n = scheme.per_channel ? channels : 1;
  std::vector<float> weight_scales, bias_scales;
  for (int64_t i = 0; i < n; ++i) {
    const double scale = kWeightScale * (0.5 + net.random.Uniform() / 2);
    weight_scales.push_back(static_cast<float>(scale));
    bias_scales.push_back(static_cast<float>(scale * kActivationScale));
  }
  const Dims shape = scheme.per_channel ? Dims{channels} : Dims();
  const Dims zeros(static_cast<size_t>(n), 0);
  const Attributes axis = scheme.per_channel ? Attributes{{"axis", int64_t{0}}} : Attributes();
  const T bias = net.Integers(DType::kInt32, {channels}, Dims(static_cast<size_t>(channels), 5));
  return {net.Op("DequantizeLinear",
                 {net.Weight(dims, DType::kInt8), net.Floats(shape, weight_scales),
                  net.Integers(DType::kInt8, shape, zeros)},
                 axis),
          net.Op("DequantizeLinear", {bias, net.Floats(shape, bias_scales), net.Integers(DType::kInt32, shape, zeros)},
                 axis)};
}

T QdqConv(Net& net, const T& x, const ConvSpec& spec, const Scheme& scheme, Activation activation) {
  const Stored stored = StoredLayer(net, {spec.channels, x.dims[1] / spec.group, spec.kernel, spec.kernel}, scheme);
  const int64_t pad = spec.kernel / 2;
  const T y = net.Op("Conv", {x, stored.weight, stored.bias},
                     {{"kernel_shape", Dims{spec.kernel, spec.kernel}},
                      {"strides", Dims{spec.stride, spec.stride}},
                      {"pads", Dims(4, pad)},
                      {"group", spec.group}});
  return Requantize(net, Activate(net, y, activation), scheme);
}

T QdqGemm(Net& net, const T& x, int64_t out, const Scheme& scheme) {
  const Stored stored = StoredLayer(net, {out, x.dims.back()}, scheme);
  return Requantize(net, net.Op("Gemm", {x, stored.weight, stored.bias}, {{"transB", int64_t{1}}}), scheme);
}

}  // namespace

void BuildQuantizedConvnet(Net& net) {
  const Scheme scheme = {.activations = net.Turn({DType::kUInt8, DType::kUInt8, DType::kInt8}),
                         .per_channel = net.Turn({true, false})};
  // An activation vanishes into the range where zero is the smallest value.
  const Activation activation =
      scheme.activations == DType::kUInt8 ? net.Turn({Activation::kRelu, Activation::kRelu6}) : Activation::kNone;
  const int64_t side = net.Turn<int64_t>({112, 224, 160, 96, 64});
  T x = Requantize(net, net.Input({1, 3, side, side}), scheme);
  x = QdqConv(net, x, {.channels = net.Turn<int64_t>({32, 64, 16}), .kernel = net.Turn<int64_t>({3, 7}), .stride = 2},
              scheme, activation);
  if (net.index() % 2 == 0) x = Requantize(net, Pooling(net, x, Pool::kMax, 3, 2), scheme);
  for (int block = 0; block < 10 && net.macs() < 8e8; ++block) {
    const int64_t stride = x.dims[2] > 7 && net.random.Chance(0.35) ? 2 : 1;
    const int64_t out = Channels(net, 16, std::clamp<int64_t>(400000 / (x.dims[2] * x.dims[2]), 32, 512));
    T y;
    if (net.index() % 2 == 0) {
      y = QdqConv(net, x, {.channels = out, .kernel = net.random.Pick<int64_t>({3, 3, 1}), .stride = stride}, scheme,
                  activation);
      y = QdqConv(net, y, {.channels = out, .kernel = 3}, scheme, Activation::kNone);
    } else {
      const int64_t wide = std::min<int64_t>(x.dims[1] * net.random.Pick<int64_t>({2, 4, 6}), 960);
      y = QdqConv(net, x, {.channels = wide}, scheme, activation);
      y = QdqConv(net, y,
                  {.channels = wide, .kernel = net.random.Pick<int64_t>({3, 3, 5}), .stride = stride, .group = wide},
                  scheme, activation);
      y = QdqConv(net, y, {.channels = stride == 1 && net.random.Chance(0.6) ? x.dims[1] : out}, scheme,
                  Activation::kNone);
    }
    if (y.dims == x.dims) y = Requantize(net, Add(net, y, x), scheme);
    if (net.random.Chance(0.15)) y = Requantize(net, Concat(net, {y, y}, 1), scheme);
    if (net.random.Chance(0.1)) {
      const T gate = net.random.Chance(0.5) ? Requantize(net, net.Op("Sigmoid", {y}), scheme) : y;
      y = Requantize(net, Mul(net, y, gate), scheme);
    }
    x = y;
  }
  if (net.index() % 3 == 0) x = Requantize(net, Pooling(net, x, Pool::kAverage, 2, 1), scheme);
  x = Requantize(net, GlobalPool(net, x), scheme);
  const T flat = Requantize(net, net.Op("Flatten", {x}), scheme);
  net.Output(QdqGemm(net, flat, 1000, scheme));
}

namespace {

Quantized QLinearConv(Net& net, const Quantized& x, const ConvSpec& spec) {
  const DType type = x.zero.dtype;
  const T scale = net.Scalar(kActivationScale), zero = ZeroPoint(net, type);
  const DType weights = type == DType::kUInt8 ? net.Turn({DType::kUInt8, DType::kInt8}) : DType::kInt8;
  const std::vector<T> inputs = {
      x.value,
      x.scale,
      x.zero,
      net.Weight({spec.channels, x.value.dims[1] / spec.group, spec.kernel, spec.kernel}, weights),
      net.Scalar(kWeightScale),
      ZeroPoint(net, weights),
      scale,
      zero,
      net.Integers(DType::kInt32, {spec.channels}, Dims(static_cast<size_t>(spec.channels), 3))};
  const T y = net.Op("QLinearConv", inputs,
                     {{"kernel_shape", Dims{spec.kernel, spec.kernel}},
                      {"strides", Dims{spec.stride, spec.stride}},
                      {"pads", Dims(4, spec.kernel / 2)},
                      {"group", spec.group}});
  return {y, scale, zero};
}

Quantized Fused(Net& net, const char* op_type, std::vector<T> inputs, const Quantized& like,
                const Attributes& attributes = {}) {
  const T scale = net.Scalar(kActivationScale), zero = ZeroPoint(net, like.zero.dtype);
  inputs.push_back(scale);
  inputs.push_back(zero);
  return {net.Ms(op_type, inputs, attributes), scale, zero};
}

}  // namespace

// The operators themselves, as older quantisers write them. Activations have no sign: where they have one, the runtime
// takes it away before it runs convolutions, which are many times slower with it.
void BuildQuantizedOperators(Net& net) {
  const Scheme scheme;
  const int64_t side = net.Turn<int64_t>({28, 56, 14, 40}), c = net.Turn<int64_t>({64, 128, 64, 24, 256});
  Quantized x = Quantize(net, net.Input({1, c, side, side}), scheme);
  for (int block = 0; block < 3; ++block) {
    const Quantized y = QLinearConv(
        net, QLinearConv(net, QLinearConv(net, x, {.channels = c, .kernel = 3}), {.channels = Channels(net, 16, 256)}),
        {.channels = c});
    x = Fused(net, "QLinearAdd", {y.value, y.scale, y.zero, x.value, x.scale, x.zero}, x);
    x = QLinearConv(net, x, {.channels = c, .kernel = net.random.Pick<int64_t>({3, 5}), .group = c});
    if (block == 1) x = QLinearConv(net, x, {.channels = c, .kernel = 3, .group = net.random.Pick<int64_t>({2, 4})});
  }
  const Quantized gate = Fused(net, "QLinearSigmoid", {x.value, x.scale, x.zero}, x);
  x = Fused(net, "QLinearMul", {x.value, x.scale, x.zero, gate.value, gate.scale, gate.zero}, x);
  x = Fused(net, "QLinearLeakyRelu", {x.value, x.scale, x.zero}, x, {{"alpha", 0.1}});
  const T scale = net.Scalar(kActivationScale), zero = ZeroPoint(net, scheme.activations);
  x = {net.Ms("QLinearConcat", {scale, zero, x.value, x.scale, x.zero, gate.value, gate.scale, gate.zero},
              {{"axis", int64_t{1}}}),
       scale, zero};
  x.value = net.Op("MaxPool", {x.value}, {{"kernel_shape", Dims{3, 3}}, {"strides", Dims{2, 2}}, {"pads", Dims(4, 1)}});
  x = Fused(net, "QLinearAveragePool", {x.value, x.scale, x.zero}, x,
            {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{1, 1}}});
  const Quantized pooled =
      Fused(net, "QLinearGlobalAveragePool", {x.value, x.scale, x.zero}, x, {{"channels_last", int64_t{0}}});
  net.Output(Dequantize(net, pooled));
  // Products: both operands are 8 bits.
  const int64_t rows = net.Turn<int64_t>({64, 1, 197}), width = net.Turn<int64_t>({256, 768, 384});
  const Quantized tokens = Quantize(net, net.Input({1, rows, width}), scheme);
  const T y_scale = net.Scalar(kActivationScale), y_zero = ZeroPoint(net, scheme.activations);
  const T product =
      net.Op("QLinearMatMul", {tokens.value, tokens.scale, tokens.zero, net.Weight({width, 512}, DType::kInt8),
                               net.Scalar(kWeightScale), ZeroPoint(net, DType::kInt8), y_scale, y_zero});
  const T soft =
      net.Ms("QLinearSoftmax", {product, y_scale, y_zero, net.Scalar(0.004), ZeroPoint(net, scheme.activations)},
             {{"axis", int64_t{-1}}, {"opset", int64_t{13}}});
  net.Output(soft);
  const Quantized row = Quantize(net, net.Input({rows, width}), scheme);
  net.Output(net.Ms("QGemm",
                    {row.value, row.scale, row.zero, net.Weight({512, width}, DType::kInt8), net.Scalar(kWeightScale),
                     ZeroPoint(net, DType::kInt8), net.Integers(DType::kInt32, {512}, Dims(512, 2)),
                     net.Scalar(kActivationScale), ZeroPoint(net, scheme.activations)},
                    {{"transB", int64_t{1}}}));
  // As optimised files have them: channels last, scales found on the way.
  net.Output(net.Ms("NhwcMaxPool", {net.Input({1, 2 * side, 2 * side, c}, scheme.activations)},
                    {{"kernel_shape", Dims{3, 3}}, {"strides", Dims{2, 2}}, {"pads", Dims(4, 1)}}));
  for (const int64_t rows_here : {rows, int64_t{1}, 2 * rows}) {
    const int64_t n = Channels(net, 128, 6000);
    const T stored = net.Weight({width, n}, DType::kInt8), stored_scale = net.Scalar(kWeightScale);
    net.Output(net.Ms("DynamicQuantizeMatMul", {net.Input({1, rows_here, width}), stored, stored_scale}));
    const T quantized = net.Input({1, rows_here, width}, scheme.activations);
    net.Output(net.Ms("MatMulIntegerToFloat", {quantized, stored, net.Scalar(kActivationScale), stored_scale}));
  }
  // Layers of every size.
  for (int i = 0; i < 6; ++i) {
    const int64_t here = net.random.Pick<int64_t>({7, 14, 28, 56}),
                  in = Channels(net, 16, std::min<int64_t>(512, 200704 / (here * here)));
    const Quantized layer = {net.Input({1, in, here, here}, scheme.activations), net.Scalar(kActivationScale),
                             ZeroPoint(net, scheme.activations)};
    net.Output(QLinearConv(net, layer,
                           {.channels = Channels(net, 16, 512),
                            .kernel = net.random.Pick<int64_t>({1, 3, 3}),
                            .stride = net.random.Pick<int64_t>({1, 1, 2})})
                   .value);
  }
  const Quantized image = Quantize(net, net.Input({1, 32, 28, 28}), scheme);
  net.Output(net.Op("ConvInteger", {image.value, net.Weight({48, 32, 3, 3}, DType::kUInt8), image.zero},
                    {{"kernel_shape", Dims{3, 3}}, {"pads", Dims(4, 1)}}));
}

namespace {

// As dynamic quantisation writes a layer: the scale of x is found on the way.
T DynamicLinear(Net& net, const std::vector<T>& quantized, int64_t out) {
  const int64_t width = quantized[0].dims.back();
  const T weight = net.Weight({width, out}, DType::kInt8);
  // Equal scales would make one product of several.
  const T scale = Mul(net, quantized[1], net.Scalar(kWeightScale * (0.5 + net.random.Uniform())));
  const T product = net.Op("MatMulInteger", {quantized[0], weight, quantized[2], ZeroPoint(net, DType::kInt8)});
  const T real = Mul(net, net.Op("Cast", {product}, {{"to", int64_t{1}}}), scale);
  return Add(net, net.Weight({out}), real);
}
std::vector<T> DynamicQuantize(Net& net, const T& x) { return net.Ops("DynamicQuantizeLinear", {x}, {}, 3); }

}  // namespace

void BuildDynamicEncoder(Net& net) {
  const int64_t heads = net.Turn<int64_t>({4, 12, 8}), head = net.Turn<int64_t>({64, 32}), width = heads * head;
  const int64_t tokens = net.Turn<int64_t>({64, 128, 1, 32}), words = 4000;
  const T ids = net.Input({1, tokens}, DType::kInt64);
  const T rows = net.Op("Gather", {net.Weight({words, width}, DType::kUInt8), ids});
  T x = LayerNorm(net,
                  net.Op("DequantizeLinear", {rows, net.Scalar(kWeightScale), net.Integers(DType::kUInt8, {}, {120})}));
  const auto to_heads = [&](const T& t) {
    return Transpose(net, Reshape(net, t, {1, tokens, heads, head}), {0, 2, 1, 3});
  };
  for (int block = 0; block < 2; ++block) {
    const std::vector<T> quantized = DynamicQuantize(net, x);  // shared by three layers
    const Heads parts = {to_heads(DynamicLinear(net, quantized, width)), to_heads(DynamicLinear(net, quantized, width)),
                         to_heads(DynamicLinear(net, quantized, width))};
    x = LayerNorm(net, Add(net, DynamicLinear(net, DynamicQuantize(net, Attend(net, parts)), width), x));
    const T hidden = Activate(net, DynamicLinear(net, DynamicQuantize(net, x), 4 * width),
                              net.Turn({Activation::kGelu, Activation::kRelu}));
    x = LayerNorm(net, Add(net, DynamicLinear(net, DynamicQuantize(net, hidden), width), x));
  }
  net.Output(x);
}

namespace {

T NbitsLinear(Net& net, const T& x, int64_t out, int64_t block, int64_t level) {
  const int64_t width = x.dims.back(), blocks = (width + block - 1) / block;
  std::vector<T> inputs = {x, net.Weight({out, blocks, block / 2}, DType::kUInt8), net.Weight({out, blocks})};
  if (net.index() % 2 == 1) inputs.push_back(net.Weight({out, (blocks + 1) / 2}, DType::kUInt8));
  return net.Ms("MatMulNBits", inputs,
                {{"K", width}, {"N", out}, {"bits", int64_t{4}}, {"block_size", block}, {"accuracy_level", level}});
}

}  // namespace

void BuildFewBits(Net& net) {
  const int64_t width = net.Turn<int64_t>({896, 512, 2048, 1024, 768}), block = net.Turn<int64_t>({32, 128, 32, 64}),
                level = net.Turn<int64_t>({4, 4, 0});
  const int64_t tokens = width > 1024 ? 8 : net.Turn<int64_t>({1, 1, 64, 1, 8}), head = 64, heads = width / head;
  T x = net.Input({1, tokens, width});
  for (int layer = 0; layer < 2; ++layer) {
    const T y = RmsNorm(net, x);
    const auto to_heads = [&](const T& t) {
      return Transpose(net, Reshape(net, t, {1, tokens, heads, head}), {0, 2, 1, 3});
    };
    const Heads parts = {to_heads(NbitsLinear(net, y, width, block, level)),
                         to_heads(NbitsLinear(net, y, width, block, level)),
                         to_heads(NbitsLinear(net, y, width, block, level))};
    x = Add(net, x, NbitsLinear(net, Attend(net, parts), width, block, level));
    const T z = RmsNorm(net, x);
    const int64_t hidden = width * net.Turn<int64_t>({11, 8}) / 4 / 128 * 128;
    const T gate = Activate(net, NbitsLinear(net, z, hidden, block, level), Activation::kSilu);
    x = Add(net, x, NbitsLinear(net, Mul(net, gate, NbitsLinear(net, z, hidden, block, level)), width, block, level));
  }
  net.Output(NbitsLinear(net, x, width > 1024 ? 8000 : net.Turn<int64_t>({8000, 32000, 4000}), block, level));
  // Some with one row, some with several, in both ways to compute.
  for (int i = 0; i < 12; ++i) {
    const int64_t rows = i % 2 == 0 ? 1 : net.random.LogBetween(2, 64);
    const T y = net.Input({1, rows, net.random.Between(1, 16) * 128});
    net.Output(NbitsLinear(net, y, Channels(net, 64, rows > 1 ? 1024 : 6000), block, i % 4 < 2 ? 4 : 0));
  }
}

void BuildQuantizedRecurrent(Net& net) {
  const int64_t steps = net.Turn<int64_t>({35, 100, 16}), features = net.Turn<int64_t>({256, 128, 512});
  T x = net.Input({steps, 1, features});
  for (int layer = 0; layer < 4; ++layer) {
    const int64_t hidden = Channels(net, 96, 640), in = x.dims[2], gates = 4 * hidden;
    const auto zero = [&] { return net.Integers(DType::kInt8, {1}, {0}); };
    const auto scale = [&] { return net.Floats({1}, {static_cast<float>(kWeightScale)}); };
    const T w = net.Weight({1, in, gates}, DType::kInt8), r = net.Weight({1, hidden, gates}, DType::kInt8);
    const T bias = net.Weight({1, 2 * gates}), h = net.Weight({1, 1, hidden}), c = net.Weight({1, 1, hidden});
    const T y = net.Ms("DynamicQuantizeLSTM", {x, w, r, bias, {}, h, c, {}, scale(), zero(), scale(), zero()},
                       {{"hidden_size", hidden}});
    x = net.Op("Squeeze", {y, net.Ints({1})});
  }
  net.Output(DynamicLinear(net, DynamicQuantize(net, x), 10000));
}

// No CPU runtime has convolutions on 8-bit floats: images and weights pass through them and are widened again.
void BuildFloat8(Net& net) {
  const Scheme scheme = {.activations = net.Turn({DType::kFloat8E4M3FN, DType::kFloat8E5M2}), .per_channel = false};
  const int64_t c = net.Turn<int64_t>({32, 64, 16}), side = net.Turn<int64_t>({56, 28, 112});
  T x = Requantize(net, net.Input({1, c, side, side}), scheme);
  for (int block = 0; block < 4; ++block) {
    const int64_t channels = Channels(net, 16, 128), kernel = net.random.Pick<int64_t>({1, 3});
    const T weight = net.Op("DequantizeLinear", {net.Weight({channels, x.dims[1], kernel, kernel}, scheme.activations),
                                                 net.Scalar(kWeightScale), ZeroPoint(net, scheme.activations)});
    const T y = net.Op("Conv", {x, weight}, {{"kernel_shape", Dims{kernel, kernel}}, {"pads", Dims(4, kernel / 2)}});
    x = Requantize(net, block % 2 == 0 ? net.Op("Relu", {y}) : y, scheme);
  }
  net.Output(x);
}

}  // namespace opcost::generate
