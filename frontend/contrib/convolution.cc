// ONNX Runtime's convolutions and pools: fused ones, those with channels last, and those of the
// blocked layout (com.microsoft.nchwc), whose tensors are described with padded channels in NCHW order.
#include <cmath>
#include <string>
#include <vector>

#include "frontend/contrib/contrib.h"
#include "onnx/defs/tensor_proto_util.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

std::vector<int64_t> Ints(InferenceContext& ctx, const char* name, size_t n, int64_t fallback) {
  std::vector<int64_t> v;
  onnx::getRepeatedAttribute(ctx, name, v);
  v.resize(n, fallback);
  return v;
}

// Extent of one spatial axis after a window slid over it, by ONNX's formula for Conv and pools.
Dim Slid(const Dim& in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pads, const std::string& auto_pad,
         bool ceil_mode) {
  // Beyond it lies no real window, and products of such numbers could overflow.
  constexpr int64_t kMost = int64_t{1} << 30;
  if (!in.has_dim_value() || in.dim_value() > (kMost << 16) || stride <= 0 || stride > kMost) return {};
  if (kernel > kMost || dilation < 1 || dilation > kMost || pads > kMost || pads < -kMost) return {};
  const int64_t reach = dilation * (kernel - 1) + 1;
  if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") return DimOf((in.dim_value() + stride - 1) / stride);
  const int64_t room = in.dim_value() + (auto_pad == "VALID" ? 0 : pads) - reach;
  if (room < 0) return DimOf(0);
  return DimOf((ceil_mode ? (room + stride - 1) / stride : room / stride) + 1);
}

struct Layout {
  int first_spatial;  // in the activation
  int kernel_axis;    // first spatial axis of the weight
  int channel;        // in the activation
};
constexpr Layout kChannelsFirst{2, 2, 1};
constexpr Layout kLastWithTurnedWeight{1, 1, -1};  // NhwcConv: weight [M, kh, kw, C/g]
constexpr Layout kLastWithPlainWeight{1, 2, -1};   // QLinearConv channels_last: weight stays [M, C/g, kh, kw]

void Slide(InferenceContext& ctx, size_t x_index, const std::vector<int64_t>& kernel, const Layout& layout,
           const Dim& channels) {
  const TensorShapeProto* x = ShapeOf(ctx, x_index);
  const size_t n = kernel.size();
  if (x == nullptr || x->dim_size() != static_cast<int>(n) + 2) return;
  const std::vector<int64_t> strides = Ints(ctx, "strides", n, 1), dilations = Ints(ctx, "dilations", n, 1);
  const std::vector<int64_t> pads = Ints(ctx, "pads", 2 * n, 0);
  const std::string auto_pad = onnx::getAttribute(ctx, std::string("auto_pad"), std::string("NOTSET"));
  const bool ceil_mode = onnx::getAttribute(ctx, std::string("ceil_mode"), int64_t{0}) != 0;
  TensorShapeProto shape = *x;
  for (size_t i = 0; i < n; ++i) {
    const int axis = layout.first_spatial + static_cast<int>(i);
    *shape.mutable_dim(axis) = Slid(x->dim(axis), kernel[i], strides[i], dilations[i],
                                    onnx::checkedAdd(pads[i], pads[i + n]), auto_pad, ceil_mode);
  }
  *shape.mutable_dim(layout.channel < 0 ? x->dim_size() - 1 : layout.channel) = channels;
  SetShape(ctx, 0, shape);
}

void ConvOf(InferenceContext& ctx, size_t x, size_t w, const Layout& layout) {
  const TensorShapeProto* weight = ShapeOf(ctx, w);
  if (weight == nullptr || weight->dim_size() < 3) return;
  std::vector<int64_t> kernel;
  for (int i = 0; i + 2 < weight->dim_size(); ++i) {
    const Dim& d = weight->dim(layout.kernel_axis + i);
    if (!d.has_dim_value()) return;
    kernel.push_back(d.dim_value());
  }
  Slide(ctx, x, kernel, layout, weight->dim(0));
}

bool ChannelsLast(InferenceContext& ctx) {
  return onnx::getAttribute(ctx, std::string("channels_last"), int64_t{0}) != 0;
}

void Conv(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  ConvOf(ctx, 0, 1, kChannelsFirst);
}

// Writers differ in where the channels of the weight stand: as in Conv, or last. The input's channels tell.
void LastConv(InferenceContext& ctx, const Layout& usual, const Layout& other) {
  TypeFrom(ctx, 0, 0);
  const Dim channels = AxisOf(ctx, 0, -1);
  const int64_t group = onnx::getAttribute(ctx, std::string("group"), int64_t{1});
  const auto fits = [&](const Layout& layout) {
    const Dim own = AxisOf(ctx, 1, layout.kernel_axis == 1 ? -1 : 1);
    return !channels.has_dim_value() || !own.has_dim_value() || own.dim_value() * group == channels.dim_value();
  };
  ConvOf(ctx, 0, 1, fits(usual) || !fits(other) ? usual : other);
}

void NhwcConv(InferenceContext& ctx) { LastConv(ctx, kLastWithTurnedWeight, kLastWithPlainWeight); }
void NhwcFusedConv(InferenceContext& ctx) { LastConv(ctx, kLastWithPlainWeight, kLastWithTurnedWeight); }

// com.ms.internal.nhwc: activations turned, weights not.
void InternalNhwcConv(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  ConvOf(ctx, 0, 1, kLastWithPlainWeight);
}

void QLinearConv(InferenceContext& ctx) {
  TypeFrom(ctx, 7, 0);
  ConvOf(ctx, 0, 3, ChannelsLast(ctx) ? kLastWithPlainWeight : kChannelsFirst);
}

void PoolOf(InferenceContext& ctx, const Layout& layout) {
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  std::vector<int64_t> kernel;
  if (x == nullptr || x->dim_size() < 3 || !onnx::getRepeatedAttribute(ctx, "kernel_shape", kernel)) return;
  Slide(ctx, 0, kernel, layout, x->dim(layout.channel < 0 ? x->dim_size() - 1 : layout.channel));
}

void Pool(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  PoolOf(ctx, kChannelsFirst);
}

void NhwcPool(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  PoolOf(ctx, kLastWithTurnedWeight);
}

void QLinearAveragePool(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  PoolOf(ctx, ChannelsLast(ctx) ? kLastWithTurnedWeight : kChannelsFirst);
}

void GlobalPoolOf(InferenceContext& ctx, bool channels_last) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr) return;
  TensorShapeProto shape = *x;
  const int first = channels_last ? 1 : 2;
  for (int i = 0; i + 2 < x->dim_size(); ++i) *shape.mutable_dim(first + i) = DimOf(1);
  SetShape(ctx, 0, shape);
}

void GlobalPool(InferenceContext& ctx) { GlobalPoolOf(ctx, false); }
void NhwcGlobalPool(InferenceContext& ctx) { GlobalPoolOf(ctx, true); }
void QLinearGlobalAveragePool(InferenceContext& ctx) { GlobalPoolOf(ctx, ChannelsLast(ctx)); }

void Upsample(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr) return;
  const std::vector<int64_t> scales = Ints(ctx, "scales", static_cast<size_t>(x->dim_size()), 1);
  TensorShapeProto shape;
  for (int i = 0; i < x->dim_size(); ++i) *shape.add_dim() = x->dim(i) * scales[static_cast<size_t>(i)];
  SetShape(ctx, 0, shape);
}

// Into the blocked layout; the last axis holds the channels where `channels_last` says so.
void ReorderInput(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr || x->dim_size() < 3) return;
  TensorShapeProto shape = *x;
  if (ChannelsLast(ctx)) {
    const int n = x->dim_size();
    *shape.mutable_dim(1) = x->dim(n - 1);
    for (int i = 2; i < n; ++i) *shape.mutable_dim(i) = x->dim(i - 1);
  }
  SetShape(ctx, 0, shape);
}

// Out of it, dropping the padding.
void ReorderOutput(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto* x = ShapeOf(ctx, 0);
  if (x == nullptr || x->dim_size() < 3) return;
  const Dim channels = DimOf(onnx::getAttribute(ctx, std::string("channels"), int64_t{0}));
  const int n = x->dim_size();
  TensorShapeProto shape = *x;
  if (ChannelsLast(ctx)) {
    for (int i = 1; i + 1 < n; ++i) *shape.mutable_dim(i) = x->dim(i + 1);
    *shape.mutable_dim(n - 1) = channels;
  } else {
    *shape.mutable_dim(1) = channels;
  }
  SetShape(ctx, 0, shape);
}

// X [N, C, ..], W [C, M/group, k ..], pads as an input: stride · (in − 1) + output_padding + (k − 1) · dilation + 1 −
// pads.
void ConvTransposeWithDynamicPads(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  const TensorShapeProto *x = ShapeOf(ctx, 0), *w = ShapeOf(ctx, 1);
  if (x == nullptr || w == nullptr || x->dim_size() < 3 || w->dim_size() != x->dim_size()) return;
  const size_t n = static_cast<size_t>(x->dim_size()) - 2;
  const std::vector<int64_t> strides = Ints(ctx, "strides", n, 1), dilations = Ints(ctx, "dilations", n, 1);
  const std::vector<int64_t> extra = Ints(ctx, "output_padding", n, 0);
  std::vector<int64_t> pads(2 * n, 0);
  bool known = !ctx.hasInput(2);
  if (const onnx::TensorProto* given = ctx.hasInput(2) ? ctx.getInputData(2) : nullptr; given != nullptr) {
    pads = onnx::ParseData<int64_t>(given);
    known = pads.size() == 2 * n;
  }
  TensorShapeProto shape = *x;
  *shape.mutable_dim(1) = w->dim(1) * onnx::getAttribute(ctx, std::string("group"), int64_t{1});
  for (size_t i = 0; i < n; ++i) {
    const int axis = static_cast<int>(i) + 2;
    const Dim &in = x->dim(axis), &kernel = w->dim(axis);
    if (!known || !in.has_dim_value() || !kernel.has_dim_value()) {
      *shape.mutable_dim(axis) = Dim();
      continue;
    }
    const int64_t reach = onnx::checkedMultiply(kernel.dim_value() - 1, dilations[i]);
    const int64_t span = onnx::checkedMultiply(in.dim_value() - 1, strides[i]);
    *shape.mutable_dim(axis) = DimOf(onnx::checkedAdd(span, reach) + 1 + extra[i] - pads[i] - pads[i + n]);
  }
  SetShape(ctx, 0, shape);
}

constexpr const char* kConvAttributes =
    "auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I activation:s activation_params:F";
constexpr const char* kPoolAttributes =
    "auto_pad:s ceil_mode:i count_include_pad:i dilations:I kernel_shape:I! pads:I storage_order:i strides:I "
    "channels_last:i";

constexpr ContribOperator kRows[] = {
    {"FusedConv", "X:T W:T B?:T Z?:T", "Y:T", kConvAttributes, Conv},
    {"NhwcConv", "X:T W:T B?:T", "Y:T", kConvAttributes, NhwcConv},
    {"NhwcFusedConv", "X:T W:T B?:T Z?:T", "Y:T", kConvAttributes, NhwcFusedConv},
    {"NhwcMaxPool", "x:A", "y:A", kPoolAttributes, NhwcPool},
    {"MaxpoolWithMask", "X:T M:int32", "Y:T", kPoolAttributes, Pool},
    {"ConvTransposeWithDynamicPads", "X:T W:T Pads?:int64 B?:T", "Y:T",
     "auto_pad:s dilations:I group:i kernel_shape:I output_padding:I strides:I", ConvTransposeWithDynamicPads},
    {"QLinearConv",
     "x:Q x_scale:float x_zero_point:Q w:R w_scale:float w_zero_point:R y_scale:float y_zero_point:P B?:int32", "y:P",
     "auto_pad:s dilations:I group:i kernel_shape:I pads:I strides:I channels_last:i", QLinearConv},
    {"QLinearAveragePool", "X:Q x_scale:float x_zero_point?:Q y_scale:float y_zero_point?:Q", "Y:Q", kPoolAttributes,
     QLinearAveragePool},
    {"QLinearGlobalAveragePool", "X:Q x_scale:float x_zero_point:Q y_scale:float y_zero_point:Q", "Y:Q",
     "channels_last:i", QLinearGlobalAveragePool},
    {"Conv", "X:T W:T B?:T Sum?:T", "Y:T", kConvAttributes, Conv, kNchwcDomain},
    {"MaxPool", "X:T", "Y:T", kPoolAttributes, Pool, kNchwcDomain},
    {"AveragePool", "X:T", "Y:T", kPoolAttributes, Pool, kNchwcDomain},
    {"GlobalMaxPool", "X:T", "Y:T", "", GlobalPool, kNchwcDomain},
    {"GlobalAveragePool", "X:T", "Y:T", "", GlobalPool, kNchwcDomain},
    {"Upsample", "X:T", "Y:T", "scales:I mode:s coordinate_transformation_mode:s", Upsample, kNchwcDomain},
    {"ReorderInput", "X:T", "Y:T", "channels_last:i", ReorderInput, kNchwcDomain},
    {"ReorderOutput", "X:T", "Y:T", "channels:i! channels_last:i", ReorderOutput, kNchwcDomain},
    {"Conv", "X:A W:A B?:A", "Y:A", kConvAttributes, InternalNhwcConv, kNhwcDomain},
    {"MaxPool", "X:A", "Y:A", kPoolAttributes, NhwcPool, kNhwcDomain},
    {"AveragePool", "X:A", "Y:A", kPoolAttributes, NhwcPool, kNhwcDomain},
    {"GlobalMaxPool", "X:A", "Y:A", "", NhwcGlobalPool, kNhwcDomain},
    {"GlobalAveragePool", "X:A", "Y:A", "", NhwcGlobalPool, kNhwcDomain},
};

}  // namespace

absl::Span<const ContribOperator> ConvolutionOperators() { return kRows; }

}  // namespace opcost::internal
