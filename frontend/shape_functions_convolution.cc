// Shape functions of ONNX Runtime's convolutions and pools: fused ones, those with channels last, and those of the
// blocked layout (com.microsoft.nchwc), whose tensors are described with padded channels in NCHW order.
#include <cmath>
#include <string>
#include <vector>

#include "frontend/shape_functions.h"

namespace opcost::internal {
namespace {

using onnx::Dim;
using onnx::InferenceContext;
using onnx::TensorShapeProto;

constexpr const char* kMs = "com.microsoft";
constexpr const char* kNchwc = "com.microsoft.nchwc";
constexpr const char* kNhwc = "com.ms.internal.nhwc";

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

void NhwcConv(InferenceContext& ctx) {
  TypeFrom(ctx, 0, 0);
  ConvOf(ctx, 0, 1, kLastWithTurnedWeight);
}

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

constexpr ShapeFunctionRow kRows[] = {
    {kMs, "FusedConv", Conv},
    {kMs, "NhwcConv", NhwcConv},
    {kMs, "NhwcFusedConv", NhwcConv},
    {kMs, "NhwcMaxPool", NhwcPool},
    {kMs, "MaxpoolWithMask", Pool},
    {kMs, "QLinearConv", QLinearConv},
    {kMs, "QLinearAveragePool", QLinearAveragePool},
    {kMs, "QLinearGlobalAveragePool", QLinearGlobalAveragePool},
    {kNchwc, "Conv", Conv},
    {kNchwc, "MaxPool", Pool},
    {kNchwc, "AveragePool", Pool},
    {kNchwc, "GlobalMaxPool", GlobalPool},
    {kNchwc, "GlobalAveragePool", GlobalPool},
    {kNchwc, "Upsample", Upsample},
    {kNchwc, "ReorderInput", ReorderInput},
    {kNchwc, "ReorderOutput", ReorderOutput},
    {kNhwc, "Conv", InternalNhwcConv},
    {kNhwc, "MaxPool", NhwcPool},
    {kNhwc, "AveragePool", NhwcPool},
    {kNhwc, "GlobalMaxPool", NhwcGlobalPool},
    {kNhwc, "GlobalAveragePool", NhwcGlobalPool},
};

}  // namespace

absl::Span<const ShapeFunctionRow> ConvolutionShapeFunctions() { return kRows; }

}  // namespace opcost::internal
