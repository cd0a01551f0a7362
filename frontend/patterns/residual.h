// Residual sums: x + f(x), whatever f is made of.
#ifndef OPCOST_FRONTEND_PATTERNS_RESIDUAL_H_
#define OPCOST_FRONTEND_PATTERNS_RESIDUAL_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "frontend/patterns/graph_view.h"

namespace opcost {

struct Residual {
  NodeId join = kNone;  // Add, Sum, or a skip normalisation
  TensorId x = kNone;
  // f, the join, and what is computed only for f (a mask, keys of an encoder's output); ascending.
  std::vector<NodeId> nodes;
  int rank = 0;
};

// The sums whose f reaches back to x within a bounded number of nodes and that `rank` gives more than 0, in order of
// the join. Of sums around one another, the one of highest rank stays, the innermost of equals: the layers within a
// long skip connection are found and not the connection, and a position that is computed and added within a layer does
// not hide the layer.
std::vector<Residual> FindResiduals(const GraphView& view, absl::FunctionRef<int(const Residual&)> rank);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_RESIDUAL_H_
