// The families of CountKernel and what they share. Each rule fills in the class and the amounts beyond bytes.
#ifndef OPCOST_COSTING_CALIBRATION_KERNEL_RULES_H_
#define OPCOST_COSTING_CALIBRATION_KERNEL_RULES_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

#include "absl/types/span.h"
#include "costing/calibration/count_kernel.h"

namespace opcost {

using Extents64 = std::vector<int64_t>;

// What a rule sees and writes.
struct KernelContext {
  const Graph& graph;
  const Node& node;
  const KernelMachine& machine;
  KernelCount& count;

  double& Set(KernelMetric metric) const { return At(count.amounts, metric); }
  double Get(KernelMetric metric) const { return At(count.amounts, metric); }
  // Shapes by slot; empty for scalars, omitted operands and what is not known.
  Extents64 In(size_t slot) const { return slot < node.inputs.size() ? Of(node.inputs[slot]) : Extents64(); }
  Extents64 Out() const { return node.outputs.empty() ? Extents64() : Of(node.outputs[0]); }
  bool HasIn(size_t slot) const { return slot < node.inputs.size() && node.inputs[slot] != kNone; }
  bool IsStored(size_t slot) const {
    return HasIn(slot) && IsWeight(graph.tensors[static_cast<size_t>(node.inputs[slot])]);
  }
  int64_t BytesIn(size_t slot) const {
    return HasIn(slot) ? ByteSize(graph.tensors[static_cast<size_t>(node.inputs[slot])]).value_or(0) : 0;
  }
  bool IsFloat32(size_t slot) const {
    return HasIn(slot) && graph.tensors[static_cast<size_t>(node.inputs[slot])].dtype == DType::kFloat32;
  }

 private:
  Extents64 Of(TensorId id) const {
    Extents64 dims;
    if (id == kNone || !graph.tensors[static_cast<size_t>(id)].shape) return dims;
    for (const Dim& dim : *graph.tensors[static_cast<size_t>(id)].shape) dims.push_back(dim.known() ? dim.extent : 1);
    return dims;
  }
};

inline int64_t Product(absl::Span<const int64_t> dims) {
  return std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
}
inline int64_t CeilDiv(int64_t n, int64_t d) { return d > 0 ? (n + d - 1) / d : 0; }
inline int64_t RoundUp(int64_t n, int64_t d) { return CeilDiv(n, d) * d; }
// Rows this far apart fall into one set of the L1 cache.
inline bool Aliased(int64_t stride_bytes, const KernelMachine& machine) {
  return stride_bytes > 0 && stride_bytes % machine.l1_way_bytes == 0;
}

// The product [m, k] × [k, n], `batch` times, in register tiles.
void AddProduct(int64_t batch, int64_t m, int64_t n, int64_t k, const KernelContext& context);
// Elements of the output that pass through a fused activation.
void AddFusedActivation(int64_t elements, const KernelContext& context);

void BlockedConvKernel(const KernelContext& context);
void PlainConvKernel(const KernelContext& context);
void MatmulKernel(const KernelContext& context);
void EinsumKernel(const KernelContext& context);
void RecurrentKernel(const KernelContext& context);
void ElementwiseKernel(const KernelContext& context);
void SoftmaxKernel(const KernelContext& context);
void NormKernel(const KernelContext& context);
void PoolKernel(const KernelContext& context);
void ReorderKernel(const KernelContext& context);
void TransposeKernel(const KernelContext& context);
void CopyKernel(const KernelContext& context);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_KERNEL_RULES_H_
