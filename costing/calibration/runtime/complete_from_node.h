// Kernels of a profile completed by the nodes of the very file that ran.
#ifndef OPCOST_COSTING_CALIBRATION_RUNTIME_COMPLETE_FROM_NODE_H_
#define OPCOST_COSTING_CALIBRATION_RUNTIME_COMPLETE_FROM_NODE_H_

#include <vector>

#include "costing/calibration/measurement.h"
#include "frontend/graph.h"

namespace opcost {

// `run` is a profile of `executed`, whose file ran without optimisation: a kernel's number is its node's place in its
// graph. Operator, domain, attributes, names and operands by slot become the node's; extents are those that ran.
// `nodes` gets the node of each kernel; kNone where none of that place or name has its operator.
void CompleteFromNodes(const Graph& executed, MeasuredRun& run, std::vector<NodeId>& nodes);

}  // namespace opcost

#endif  // OPCOST_COSTING_CALIBRATION_RUNTIME_COMPLETE_FROM_NODE_H_
