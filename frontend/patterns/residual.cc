#include "frontend/patterns/residual.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace opcost {
namespace {

constexpr size_t kMaxNodes = 512;

// Walks back from the sum, no further than x is old, and keeps what depends on x.
class Walk {
 public:
  explicit Walk(const GraphView& view) : view_(view), state_(view.graph.nodes.size(), 0) {}

  bool Run(NodeId join, TensorId x, TensorId y, std::vector<NodeId>* nodes) {
    x_ = x;
    region_ = view_.node(join).region;
    const bool found = Reach(y) && KeepDependent(join, y);
    if (found) {
      for (NodeId n : reached_) {
        if (state_[static_cast<size_t>(n)] == kKept) nodes->push_back(n);
      }
      nodes->push_back(join);
      std::sort(nodes->begin(), nodes->end());
    }
    for (NodeId n : reached_) state_[static_cast<size_t>(n)] = 0;
    state_[static_cast<size_t>(join)] = 0;
    reached_.clear();
    return found;
  }

 private:
  static constexpr uint8_t kReached = 1, kKept = 2;

  bool Reach(TensorId y) {
    const NodeId oldest = view_.tensor(x_).producer;
    std::vector<TensorId> stack = {y};
    while (!stack.empty()) {
      const TensorId t = stack.back();
      stack.pop_back();
      if (t == kNone || t == x_) continue;
      const NodeId n = view_.LiveProducer(t);
      if (n == kNone || n <= oldest || state_[static_cast<size_t>(n)] != 0) continue;
      if (view_.region[static_cast<size_t>(n)] != region_ || reached_.size() >= kMaxNodes) return false;
      state_[static_cast<size_t>(n)] = kReached;
      reached_.push_back(n);
      const absl::Span<const TensorId> inputs = view_.Inputs(n);
      stack.insert(stack.end(), inputs.begin(), inputs.end());
    }
    std::sort(reached_.begin(), reached_.end());
    return true;
  }

  // x, or what was made together with it: a skip normalisation gives the sum and its norm.
  bool IsX(TensorId t) const {
    if (t == x_) return true;
    const NodeId producer = view_.tensor(x_).producer;
    return t != kNone && producer != kNone && view_.tensor(t).producer == producer;
  }
  bool IsKept(NodeId n) const { return n != kNone && state_[static_cast<size_t>(n)] == kKept; }

  bool KeepDependent(NodeId join, TensorId y) {
    for (NodeId n : reached_) {
      const absl::Span<const TensorId> inputs = view_.Inputs(n);
      const bool depends = std::any_of(inputs.begin(), inputs.end(), [&](TensorId t) {
        return IsX(t) || (t != kNone && IsKept(view_.LiveProducer(t)));
      });
      if (depends) state_[static_cast<size_t>(n)] = kKept;
    }
    if (!IsKept(view_.LiveProducer(y))) return false;
    state_[static_cast<size_t>(join)] = kKept;
    // What only feeds the kept, latest first.
    for (auto n = reached_.rbegin(); n != reached_.rend(); ++n) {
      if (OnlyFeedsKept(*n)) state_[static_cast<size_t>(*n)] = kKept;
    }
    return true;
  }
  bool OnlyFeedsKept(NodeId n) const {
    for (TensorId t : view_.node(n).outputs) {
      if (t == kNone) continue;
      const Tensor& tensor = view_.tensor(t);
      if (tensor.is_graph_output) return false;
      for (NodeId reader : tensor.consumers) {
        if (!view_.IsStatic(reader) && !IsKept(reader)) return false;
      }
    }
    return true;
  }

  const GraphView& view_;
  std::vector<uint8_t> state_;  // by NodeId
  std::vector<NodeId> reached_;
  TensorId x_ = kNone;
  RegionId region_ = 0;
};

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
