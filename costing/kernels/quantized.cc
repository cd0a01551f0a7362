// Kernels on integers, and products whose weights are dequantised on the way.
#include <algorithm>
#include <string>

#include "costing/kernels/kernel_rules.h"

namespace opcost {
namespace {

constexpr double kDotLength = 4;      // products that one integer instruction adds up
constexpr size_t kWeightSlot = 3;     // of QLinearConv
constexpr int64_t kIntegerLevel = 4;  // of MatMulNBits

}  // namespace

// QLinearConv: weight [M, C/g, k…] whatever the layout of the images. One plain product behind an im2col, in groups;
// depthwise directly.
void QuantizedConvKernel(const KernelContext& context) {
  context.count.kernel_class = KernelClass::kConvQuantized;
  const Extents64 weight = context.In(kWeightSlot), out = context.Out();
  if (weight.size() < 3 || out.size() != weight.size()) return;
  const int64_t group = std::max<int64_t>(1, IntAttribute(context.node, "group", 1));
  const double groups = static_cast<double>(group), lanes = static_cast<double>(context.machine.lanes);
  const double filters = static_cast<double>(weight[0]) / groups, taps = Product(absl::MakeSpan(weight).subspan(2));
  const double depth = static_cast<double>(weight[1]) * taps;
  const double positions = Product(out) / std::max(1.0, static_cast<double>(weight[0]));
  context.Set(Metric::kCalls, groups);
  if (weight[1] == 1 && group > 1) {
    context.count.kernel_class = KernelClass::kConvQuantizedDepthwise;
    context.Set(Metric::kTiledMacs, positions * RoundUp(groups, lanes) * filters * taps);
    context.Set(Metric::kPackedElements, positions * groups * taps);
    return;
  }
  if (taps == 1) context.count.kernel_class = KernelClass::kConvQuantizedPointwise;
  // Signed weights meet unsigned images in one instruction; unsigned ones take several.
  if (context.HasDType(kWeightSlot, DType::kUInt8)) context.count.kernel_class = KernelClass::kConvQuantizedUnsigned;
  AddProduct(groups, positions, filters, CeilDiv(depth, kDotLength), context);
  context.Set(Metric::kTiledMacs, context.Get(Metric::kTiledMacs) * kDotLength);
  context.Set(Metric::kPackedElements, taps == 1 ? 0 : positions * depth * groups);
  context.Set(Metric::kRows, positions);
}

// The rows of the first operand, those of every batch together, against a stored second one.
void QuantizedMatmulKernel(const KernelContext& context) {
  const Extents64 a = context.In(0), out = context.Out();
  context.count.kernel_class = KernelClass::kMatmulQuantized;
  if (a.empty() || out.empty()) return;
  const double n = static_cast<double>(out.back()), k = static_cast<double>(a.back());
  const double m = Product(out) / std::max(1.0, n);
  AddProduct(1, m, n, CeilDiv(k, kDotLength), context);
  context.Set(Metric::kTiledMacs, context.Get(Metric::kTiledMacs) * kDotLength);
  context.Set(Metric::kPackedElements, m * k);
  context.Set(Metric::kRows, m);
  if (m == 1) context.count.kernel_class = KernelClass::kMatvecQuantized;
}

// With accuracy_level 4 rows are quantised to 8 bits and the sums are those of integers, wherever the processor has the
// instructions (ONNX Runtime, contrib_ops/cpu/quantization/matmul_nbits.cc, GetComputeType); else weights become
// floats.
void NbitsMatmulKernel(const KernelContext& context) {
  const Extents64 out = context.Out();
  const double n = out.empty() ? 1 : static_cast<double>(out.back());
  const double m = Product(out) / std::max(1.0, n);
  // [N, blocks, bytes]: each block of a column has a scale of its own, a reduction step that ends in a float.
  const Extents64 weight = context.In(1);
  if (weight.size() == 3) context.Set(Metric::kTileSteps, m * n * static_cast<double>(weight[1]));
  const bool integer = IntAttribute(context.node, "accuracy_level", 0) == kIntegerLevel;
  if (m == 1) {
    context.count.kernel_class = integer ? KernelClass::kMatvecNbitsInt8 : KernelClass::kMatvecNbits;
  } else {
    context.count.kernel_class = integer ? KernelClass::kMatmulNbitsInt8 : KernelClass::kMatmulNbits;
  }
}

// To and from integers, or 8-bit floats. The zero point, where there is one, has the quantised type.
void QuantizeKernel(const KernelContext& context) {
  constexpr size_t kZeroSlot = 2;
  const bool quantizes = context.node.op_type == "QuantizeLinear";
  const bool float8 = PrecisionOf(context.DTypeIn(quantizes ? kZeroSlot : 0)) == Precision::kFp8;
  if (quantizes) {
    context.count.kernel_class = float8 ? KernelClass::kQuantizeFloat8 : KernelClass::kQuantize;
  } else {
    context.count.kernel_class = float8 ? KernelClass::kDequantizeFloat8 : KernelClass::kDequantize;
  }
}

}  // namespace opcost
