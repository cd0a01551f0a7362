#include "frontend/patterns/residual.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "frontend/patterns/walk.h"

namespace opcost {
namespace {

std::vector<NodeId> Joins(const GraphView& view) {
  std::vector<NodeId> joins;
  for (const char* op : {"Add", "Sum", "ms.SkipLayerNormalization", "ms.SkipSimplifiedLayerNormalization"}) {
    const std::vector<NodeId>& nodes = view.nodes_of[OpByName(op)];
    joins.insert(joins.end(), nodes.begin(), nodes.end());
  }
  std::sort(joins.begin(), joins.end());
  return joins;
}

// The older operand is x. False where the operands cannot be those of a residual sum.
bool Operands(const GraphView& view, const Node& join, TensorId* x, TensorId* y) {
  if (join.inputs.size() < 2 || (join.op_type == "Sum" && join.inputs.size() != 2)) return false;
  *x = join.inputs[0];
  *y = join.inputs[1];
  if (*x == kNone || *y == kNone || view.IsConstant(*x) || view.IsConstant(*y)) return false;
  const auto& xs = view.tensor(*x).shape;
  const auto& ys = view.tensor(*y).shape;
  if (xs && ys && *xs != *ys) return false;
  if (view.tensor(*x).producer > view.tensor(*y).producer) std::swap(*x, *y);
  return true;
}

}  // namespace

std::vector<Residual> FindResiduals(const GraphView& view, absl::FunctionRef<int(const Residual&)> rank) {
  std::vector<Residual> found;
  std::vector<int32_t> at_join(view.graph.nodes.size(), kNone);  // index into `found`
  Walk walk(view);
  for (NodeId join : Joins(view)) {
    Residual r;
    r.join = join;
    TensorId y = kNone;
    if (!Operands(view, view.node(join), &r.x, &y) || !walk.Run(join, r.x, y, &r.nodes)) continue;
    r.rank = rank(r);
    std::vector<int32_t> inner;
    for (NodeId n : r.nodes) {
      const int32_t i = at_join[static_cast<size_t>(n)];
      if (i != kNone && found[static_cast<size_t>(i)].rank > 0) inner.push_back(i);
    }
    if (std::any_of(inner.begin(), inner.end(),
                    [&](int32_t i) { return found[static_cast<size_t>(i)].rank >= r.rank; }) ||
        r.rank == 0) {
      continue;
    }
    for (int32_t i : inner) found[static_cast<size_t>(i)].rank = 0;
    at_join[static_cast<size_t>(join)] = static_cast<int32_t>(found.size());
    found.push_back(std::move(r));
  }
  std::erase_if(found, [](const Residual& r) { return r.rank == 0; });
  return found;
}

}  // namespace opcost
