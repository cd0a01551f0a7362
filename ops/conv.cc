// Convolutions. Extents of the kernel and channels per group come from the weight's shape: `kernel_shape` is optional
// and the weight need not be stored. Padding positions count. auto_pad, stride and dilation act through Y alone.
#include "ops/rule.h"

namespace opcost {
namespace {

struct ConvSlots {
  int x = 0;
  int w = 1;
  int bias = 2;
  int residual = kNone;
};

// Everything that happens once for each output element after the products: bias, residual input, activation.
void Epilogue(Tally& t, DType dtype, const ConvSlots& slots) {
  const Amount y = t.OutElements(0);
  if (t.Has(slots.bias)) t.Ops(dtype, y);
  if (t.Has(slots.residual)) t.Ops(dtype, y);
  t.Each(dtype, ActivationCost(t.String("activation", "")), y);
}

// numel(Y) · ∏ W.shape[1:] = numel(Y) · (C/g) · ∏k. Holds for W [M, C/g, k…] and for the channels-last [M, k…, C/g].
void ForwardConv(Tally& t, const ConvSlots& slots) {
  const DType dtype = t.InType(slots.x);
  t.Macs(dtype, t.OutElements(0) * t.InElementsFrom(slots.w, 1));
  Epilogue(t, dtype, slots);
}

void Conv(Tally& t, const Rule&) { ForwardConv(t, {}); }
void FusedConv(Tally& t, const Rule&) { ForwardConv(t, {.residual = 3}); }
// Inputs: x, its zero point and w's. No bias.
void ConvInteger(Tally& t, const Rule&) { ForwardConv(t, {.bias = kNone}); }
// x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B. Requantisation is not counted.
void QLinearConv(Tally& t, const Rule&) { ForwardConv(t, {.w = 3, .bias = 8}); }

// numel(X) · ∏ W.shape[1:] with W [C, M/g, k…]: each input element meets each tap, cropped positions included.
void TransposedConv(Tally& t, const ConvSlots& slots) {
  const DType dtype = t.InType(slots.x);
  t.Macs(dtype, t.InElements(slots.x) * t.InElementsFrom(slots.w, 1));
  Epilogue(t, dtype, slots);
}

void ConvTranspose(Tally& t, const Rule&) { TransposedConv(t, {}); }
void ConvTransposeWithDynamicPads(Tally& t, const Rule&) { TransposedConv(t, {.bias = 3}); }

// X, W, offset, B, mask. As Conv, and 4 operations for each bilinear sample (N · C · ∏k · ∏O of them), 1 more with a
// mask.
void DeformConv(Tally& t, const Rule&) {
  ForwardConv(t, {.bias = 3});
  Amount samples = t.InDim(0, 0) * t.InDim(0, 1) * t.InElementsFrom(1, 2);
  for (int axis = 2; axis < t.OutRank(0); ++axis) samples = samples * t.OutDim(0, axis);
  t.Ops(t.InType(0), samples * (t.Has(4) ? 5 : 4));
}

// Depthwise: numel(Y) · ∏k, W [C, 1, k…]. Reads and writes the carry of the last k − 1 positions.
void CausalConv(Tally& t, const Rule&) { ForwardConv(t, {}); }
void VarlenCausalConv(Tally& t, const Rule&) { ForwardConv(t, {.bias = 3}); }

constexpr const char* kConv =
    "MACs numel(Y) · (C/g) · ∏k; bias and residual numel(Y) ops each; activation as the operator";
constexpr const char* kTransposed = "MACs numel(X) · (M/g) · ∏k; bias numel(Y) ops";
constexpr const char* kCausal = "MACs numel(Y) · ∏k (depthwise); bias numel(Y) ops; carry read and written";

constexpr Rule kRules[] = {
    {kOnnx, "Conv", 1, kNewest, Conv, "conv", kE, kConv},
    {kMicrosoft, "FusedConv", 1, kNewest, FusedConv, "conv", kE, kConv},
    {kMicrosoft, "NhwcConv", 1, kNewest, Conv, "conv", kE, kConv},
    {kMicrosoft, "NhwcFusedConv", 1, kNewest, FusedConv, "conv", kE, kConv},
    {kNhwc, "Conv", 1, kNewest, Conv, "conv", kE, kConv},
    {kNchwc, "Conv", 1, kNewest, FusedConv, "conv", kE, "MACs numel(Y) · (C/g) · ∏k on channels padded to the block"},
    {kOnnx, "ConvInteger", 10, kNewest, ConvInteger, "conv_integer", kE, "integer MACs numel(Y) · (C/g) · ∏k"},
    {kOnnx, "QLinearConv", 10, kNewest, QLinearConv, "conv_integer", kE,
     "integer MACs numel(Y) · (C/g) · ∏k; bias numel(Y) integer ops"},
    {kMicrosoft, "QLinearConv", 1, kNewest, QLinearConv, "conv_integer", kE,
     "integer MACs numel(Y) · (C/g) · ∏k; bias numel(Y) integer ops"},
    {kOnnx, "ConvTranspose", 1, kNewest, ConvTranspose, "conv_transpose", kE, kTransposed},
    {kMicrosoft, "ConvTransposeWithDynamicPads", 1, kNewest, ConvTransposeWithDynamicPads, "conv_transpose", kE,
     kTransposed},
    {kOnnx, "DeformConv", 19, kNewest, DeformConv, "deform_conv", kE,
     "as Conv; 4 ops for each of N · C · ∏k · ∏O samples, 5 with a mask"},
    {kOnnx, "CausalConvWithState", 27, kNewest, CausalConv, "causal_conv", kE, kCausal},
    {kMicrosoft, "CausalConvWithState", 1, kNewest, CausalConv, "causal_conv", kE, kCausal},
    {kMicrosoft, "VarlenCausalConvWithState", 1, kNewest, VarlenCausalConv, "causal_conv", kE, kCausal},
};

}  // namespace

absl::Span<const Rule> ConvRules() { return kRules; }

}  // namespace opcost
