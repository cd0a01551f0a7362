// What an executed kernel is and what its time is made of.
#ifndef OPCOST_COSTING_CALIBRATION_COUNT_KERNEL_H_
#define OPCOST_COSTING_CALIBRATION_COUNT_KERNEL_H_

#include "costing/calibration/kernel_class.h"
#include "costing/calibration/kernel_metric.h"
#include "frontend/graph.h"
#include "ops/count.h"

namespace opcost {

struct KernelCount {
  KernelClass kernel_class = KernelClass::kStream;
  KernelAmounts amounts{};
};

// `node` is one that a CPU runtime executes (blocked layouts included), with known shapes; `count` is CountNode of it.
// A kernel without a class of its own is a stream of its bytes.
KernelCount CountKernel(const Graph& graph, const Node& node, const NodeCount& count, const KernelMachine& machine);

// The layout that a runtime gives a node says so.
bool IsBlocked(const Node& node);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_COUNT_KERNEL_H_
