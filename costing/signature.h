// What makes two subgraphs the same measurement: operators, shapes, types and the attributes that change the work.
#ifndef OPCOST_COSTING_SIGNATURE_H_
#define OPCOST_COSTING_SIGNATURE_H_

#include <string>

#include "absl/types/span.h"
#include "frontend/graph.h"

namespace opcost {

// "Conv(float32[1,3,7,7],float32[5,3,3,3]){group=1;strides=1,1}|Relu(float32[1,5,5,5])". Names play no part.
std::string Signature(const Graph& graph, absl::Span<const NodeId> nodes);

}  // namespace opcost

#endif  // OPCOST_COSTING_SIGNATURE_H_
