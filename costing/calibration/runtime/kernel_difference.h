// Two lists of kernels of one model, compared as multisets: what was predicted and what ran.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_KERNEL_DIFFERENCE_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_KERNEL_DIFFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "frontend/runtime/executed.h"

namespace opcost {

struct KernelKind {
  std::string name;  // "com.microsoft.nchwc::Conv"
  int64_t predicted = 0, executed = 0;
};

struct LoneKernel {
  std::string name;        // its operator
  std::string output;      // extents of its first output: "[1, 64, 56, 56]"
  std::string node;        // its first node of the file; "" without one
  bool predicted = false;  // only the prediction has it; otherwise only the runtime
};

struct KernelDifference {
  std::vector<KernelKind> kinds;  // the largest difference first, then the most kernels
  // Kernels whose operator and first output the other side has less often, in their order; the prediction's first.
  std::vector<LoneKernel> lone;
  bool equal() const;  // every kind as often
};

// `raw` is the graph that both were made from.
KernelDifference CompareKernels(const Graph& raw, const ExecutedGraph& predicted, const ExecutedGraph& executed);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_KERNEL_DIFFERENCE_H_
