// A graph around measured kernels, so that the same rules count them here and at prediction.
#ifndef OPCOST_COSTING_CALIBRATION_KERNEL_GRAPH_H_
#define OPCOST_COSTING_CALIBRATION_KERNEL_GRAPH_H_

#include "costing/calibration/measurement.h"
#include "frontend/graph.h"

namespace opcost {

// One node with its operands and their shapes; weights are initialisers, everything else is an input of this graph;
// only what the caller hands to the model is of that kind, too.
Graph KernelGraph(const MeasuredKernel& kernel);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_KERNEL_GRAPH_H_
