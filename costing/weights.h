// The stored tensors of a model: bytes by type, and how many of their elements are parameters.
#ifndef OPCOST_COSTING_WEIGHTS_H_
#define OPCOST_COSTING_WEIGHTS_H_

#include "costing/report.h"
#include "frontend/graph.h"

namespace opcost {

// Fills in the weight fields. Each initialiser and constant that something uses counts once, traced through Identity.
// Parameters are the float and quantised ones that are data; constants all others: Constant nodes, shapes, index
// tables, scalars, scales and zero points.
void CountWeights(const Graph& graph, MemoryUse& use);

}  // namespace opcost

#endif  // OPCOST_COSTING_WEIGHTS_H_
