// The families of CountKernel and what they share. Each rule fills in the class and the amounts beyond bytes.
#ifndef OPCOST_COSTING_KERNELS_KERNEL_RULES_H_
#define OPCOST_COSTING_KERNELS_KERNEL_RULES_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "costing/kernels/count_kernel.h"

namespace opcost {

using Extents64 = std::vector<int64_t>;

// What a rule sees and writes.
struct KernelContext {
  const Graph& graph;
  const Node& node;
  const KernelMachine& machine;
  KernelCount& count;

  // Rounded to a whole count; what no 64 bits can hold becomes the largest that they can.
  void Set(Metric metric, double amount) const { At(count.amounts, metric) = ToCount(amount); }
  double Get(Metric metric) const { return static_cast<double>(At(count.amounts, metric)); }
  // Shapes by slot; empty for scalars, omitted operands and what is not known.
  Extents64 In(size_t slot) const { return slot < node.inputs.size() ? Of(node.inputs[slot]) : Extents64(); }
  Extents64 Out() const { return node.outputs.empty() ? Extents64() : Of(node.outputs[0]); }
  bool HasIn(size_t slot) const { return slot < node.inputs.size() && node.inputs[slot] != kNone; }
  bool IsStored(size_t slot) const {
    return HasIn(slot) && IsWeight(graph.tensors[static_cast<size_t>(node.inputs[slot])]);
  }
  double BytesIn(size_t slot) const {
    if (!HasIn(slot)) return 0;
    return static_cast<double>(ByteSize(graph.tensors[static_cast<size_t>(node.inputs[slot])]).value_or(0));
  }
  // The one integer that the operand is known to be.
  std::optional<int64_t> IntIn(size_t slot) const {
    if (!HasIn(slot)) return std::nullopt;
    const int32_t value = graph.tensors[static_cast<size_t>(node.inputs[slot])].value;
    if (value == opcost::kNone) return std::nullopt;
    const std::vector<int64_t>& ints = graph.values[static_cast<size_t>(value)].ints;
    return ints.size() == 1 ? std::optional<int64_t>(ints[0]) : std::nullopt;
  }
  DType DTypeIn(size_t slot) const {
    return HasIn(slot) ? graph.tensors[static_cast<size_t>(node.inputs[slot])].dtype : DType::kUnknown;
  }
  bool HasDType(size_t slot, DType dtype) const { return DTypeIn(slot) == dtype; }
  bool IsFloat32(size_t slot) const { return HasDType(slot, DType::kFloat32); }

 private:
  Extents64 Of(TensorId id) const {
    Extents64 dims;
    if (id == kNone || !graph.tensors[static_cast<size_t>(id)].shape) return dims;
    for (const Dim& dim : *graph.tensors[static_cast<size_t>(id)].shape) dims.push_back(dim.known() ? dim.extent : 1);
    return dims;
  }
};

// Products of extents as floating-point numbers, which do not wrap; exact as far as any real model goes (2^53).
inline double Product(absl::Span<const int64_t> dims) {
  return std::accumulate(dims.begin(), dims.end(), 1.0,
                         [](double product, int64_t extent) { return product * static_cast<double>(extent); });
}
inline double CeilDiv(double n, double d) { return d > 0 ? std::ceil(n / d) : 0; }
inline double RoundUp(double n, double d) { return CeilDiv(n, d) * d; }
// The node's axis, counted from the front and within the rank; 0 for scalars.
inline size_t AxisOf(const Node& node, int64_t fallback, size_t rank) {
  const int64_t axis = IntAttribute(node, "axis", fallback);
  const int64_t n = std::max<int64_t>(1, static_cast<int64_t>(rank));
  return static_cast<size_t>(std::clamp<int64_t>(axis < 0 ? axis + n : axis, 0, n - 1));
}
// Rows this far apart fall into one set of the L1 cache.
inline bool Aliased(double stride_bytes, const KernelMachine& machine) {
  return stride_bytes > 0 && std::fmod(stride_bytes, static_cast<double>(machine.l1_way_bytes)) == 0;
}

// The product [m, k] × [k, n], `batch` times, in register tiles.
void AddProduct(double batch, double m, double n, double k, const KernelContext& context);
// Elements of the output that pass through a fused activation.
void AddFusedActivation(double elements, const KernelContext& context);

void BlockedConvKernel(const KernelContext& context);
void PlainConvKernel(const KernelContext& context);
void MatmulKernel(const KernelContext& context);
void EinsumKernel(const KernelContext& context);
void RecurrentKernel(const KernelContext& context);
void FourierKernel(const KernelContext& context);
void QuantizedConvKernel(const KernelContext& context);
void QuantizedMatmulKernel(const KernelContext& context);
void NbitsMatmulKernel(const KernelContext& context);
void QuantizeKernel(const KernelContext& context);
void ElementwiseKernel(const KernelContext& context);
void SoftmaxKernel(const KernelContext& context);
void ReduceKernel(const KernelContext& context);
void NormKernel(const KernelContext& context);
void PoolKernel(const KernelContext& context);
void ResizeKernel(const KernelContext& context);
void ReorderKernel(const KernelContext& context);
void TransposeKernel(const KernelContext& context);
void CopyKernel(const KernelContext& context);
void TileKernel(const KernelContext& context);
void ExpandKernel(const KernelContext& context);
void PadKernel(const KernelContext& context);
void GatherKernel(const KernelContext& context);
void BlocksByCoordinatesKernel(const KernelContext& context);

}  // namespace opcost

#endif  // OPCOST_COSTING_KERNELS_KERNEL_RULES_H_
