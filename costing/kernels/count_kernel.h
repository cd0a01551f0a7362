// What an executed kernel is and what its time is made of.
#ifndef OPCOST_COSTING_KERNELS_COUNT_KERNEL_H_
#define OPCOST_COSTING_KERNELS_COUNT_KERNEL_H_

#include <cstdint>
#include <optional>

#include "base/kernel_class.h"
#include "base/metric.h"
#include "frontend/graph.h"
#include "ops/count.h"

namespace opcost {

// What kernels are compiled for, as far as amounts depend on it.
struct KernelMachine {
  int64_t lanes = 16;           // fp32 in one vector register, and channels in one block of the blocked layout
  int64_t l1_way_bytes = 4096;  // L1 size / ways: addresses this far apart share a set

  // Register tiles, by how many vector registers there are (ONNX Runtime, core/mlas/lib/x86_64: 32 of 16 floats in
  // SgemmKernelAvx512F and SconvKernelAvx512F, 16 of 8 in FgemmKernelFma3Common and SconvKernelFma3). Rows of a
  // product's tile, two vectors wide; outputs of a blocked convolution's, four channel blocks wide.
  int64_t TileRows() const { return lanes >= 16 ? 12 : 6; }
  int64_t TileOutputs() const { return lanes >= 16 ? 6 : 3; }
};

struct KernelCount {
  // nullopt: a kernel that multiplies, and whose time no class describes.
  std::optional<KernelClass> kernel_class;
  Amounts amounts{};  // of one execution; without those that belong to the run (SetRunAmounts)
};

// The amounts that follow from a node's work alone, whoever executes it.
Amounts AmountsOf(const Work& work);

// `node` is one that a CPU runtime executes (blocked layouts included), with known shapes; `count` is CountNode of it.
// A kernel without a class of its own that does not multiply is kOther, which moves its bytes.
KernelCount CountKernel(const Graph& graph, const Node& node, const NodeCount& count, const KernelMachine& machine);

// What one run of a model touches: weights read and results written by all its kernels.
int64_t FootprintBytes(const Work& work);
// Those of a kernel's amounts that belong to its run: what all of its kernels touch, and what an average one does.
void SetRunAmounts(int64_t footprint_bytes, int64_t kernels, Amounts& amounts);

// The layout that a runtime gives a node says so.
bool IsBlocked(const Node& node);

// Whole, not negative, and at most what 64 bits hold.
int64_t ToCount(double amount);

}  // namespace opcost

#endif  // OPCOST_COSTING_KERNELS_COUNT_KERNEL_H_
