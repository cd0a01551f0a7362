// What lies between two tensors.
#ifndef OPCOST_FRONTEND_PATTERNS_WALK_H_
#define OPCOST_FRONTEND_PATTERNS_WALK_H_

#include <cstdint>
#include <vector>

#include "frontend/patterns/graph_view.h"

namespace opcost {

// One walk serves any number of runs; its scratch space has the graph's size, a run touches only what it reaches.
class Walk {
 public:
  explicit Walk(const GraphView& view) : view_(view), state_(view.graph.nodes.size(), 0) {}

  // Walks back from y, an input of `join` (kNone: from each of them), no further than x is old, and appends to `nodes`,
  // ascending, what depends on x, what is computed for that alone (a mask), and `join`. False when y does not depend on
  // x, or when that would take too many nodes or another region.
  bool Run(NodeId join, TensorId x, TensorId y, std::vector<NodeId>* nodes);

 private:
  bool Reach(NodeId join, TensorId y);
  bool IsX(TensorId t) const;
  bool IsKept(NodeId n) const;
  bool KeepDependent(NodeId join, TensorId y);
  bool OnlyFeedsKept(NodeId n) const;

  const GraphView& view_;
  std::vector<uint8_t> state_;  // by NodeId
  std::vector<NodeId> reached_;
  std::vector<TensorId> stack_;
  TensorId x_ = kNone;
  RegionId region_ = 0;
};

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_WALK_H_
