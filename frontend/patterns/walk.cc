#include "frontend/patterns/walk.h"

#include <algorithm>

namespace opcost {
namespace {

constexpr size_t kMaxNodes = 512;
constexpr uint8_t kReached = 1, kKept = 2;

}  // namespace

bool Walk::Run(NodeId join, TensorId x, TensorId y, std::vector<NodeId>* nodes) {
  x_ = x;
  region_ = view_.node(join).region;
  const bool found = Reach(join, y) && KeepDependent(join, y);
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

bool Walk::Reach(NodeId join, TensorId y) {
  const NodeId oldest = view_.tensor(x_).producer;
  stack_.assign(1, y);
  if (y == kNone) stack_.assign(view_.Inputs(join).begin(), view_.Inputs(join).end());
  while (!stack_.empty()) {
    const TensorId t = stack_.back();
    stack_.pop_back();
    if (t == kNone || t == x_) continue;
    const NodeId n = view_.LiveProducer(t);
    if (n == kNone || n <= oldest || state_[static_cast<size_t>(n)] != 0) continue;
    if (view_.region[static_cast<size_t>(n)] != region_ || reached_.size() >= kMaxNodes) return false;
    state_[static_cast<size_t>(n)] = kReached;
    reached_.push_back(n);
    const absl::Span<const TensorId> inputs = view_.Inputs(n);
    stack_.insert(stack_.end(), inputs.begin(), inputs.end());
  }
  std::sort(reached_.begin(), reached_.end());
  return true;
}

// x, or what was made together with it: a skip normalisation gives the sum and its norm.
bool Walk::IsX(TensorId t) const {
  if (t == x_) return true;
  const NodeId producer = view_.tensor(x_).producer;
  return t != kNone && producer != kNone && view_.tensor(t).producer == producer;
}

bool Walk::IsKept(NodeId n) const { return n != kNone && state_[static_cast<size_t>(n)] == kKept; }

bool Walk::KeepDependent(NodeId join, TensorId y) {
  for (NodeId n : reached_) {
    const absl::Span<const TensorId> inputs = view_.Inputs(n);
    const bool depends = std::any_of(inputs.begin(), inputs.end(), [&](TensorId t) {
      return IsX(t) || (t != kNone && IsKept(view_.LiveProducer(t)));
    });
    if (depends) state_[static_cast<size_t>(n)] = kKept;
  }
  const absl::Span<const TensorId> ends = y == kNone ? view_.Inputs(join) : absl::MakeConstSpan(&y, 1);
  if (std::none_of(ends.begin(), ends.end(), [&](TensorId t) { return IsKept(view_.LiveProducer(t)); })) return false;
  state_[static_cast<size_t>(join)] = kKept;
  // What only feeds the kept, latest first.
  for (auto n = reached_.rbegin(); n != reached_.rend(); ++n) {
    if (OnlyFeedsKept(*n)) state_[static_cast<size_t>(*n)] = kKept;
  }
  return true;
}

bool Walk::OnlyFeedsKept(NodeId n) const {
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

}  // namespace opcost
