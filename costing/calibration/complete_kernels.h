// What a profile leaves out of its kernels, taken from the nodes that they were joined to: attributes, packed weights,
// operators where the runtime has its own classes, shapes where the source shows none.
#ifndef OPCOST_COSTING_CALIBRATION_COMPLETE_KERNELS_H_
#define OPCOST_COSTING_CALIBRATION_COMPLETE_KERNELS_H_

#include "costing/calibration/join_model.h"
#include "costing/calibration/measurement.h"
#include "frontend/graph.h"

namespace opcost {

// `join` is of `run` and `graph`. Kernels that hold counts of their own stay as they are; so do those without nodes.
void CompleteKernels(const Graph& graph, const ModelJoin& join, MeasuredRun& run);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_COMPLETE_KERNELS_H_
