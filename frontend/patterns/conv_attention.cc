#include <algorithm>
#include <utility>
#include <vector>

#include "frontend/patterns/blocks.h"
#include "frontend/patterns/form.h"
#include "frontend/patterns/parts.h"
#include "frontend/patterns/predicates.h"
#include "frontend/patterns/walk.h"

namespace opcost {
namespace {

constexpr int kMaxViews = 8;  // between a convolution and the attention core

// Views, selections of channels and scales, which change no value's place in the network.
bool IsView(const GraphView& view, NodeId n) {
  static const OpSet* const kViews = [] {
    auto* ops = new OpSet;
    for (const char* op : {"Reshape", "Transpose", "Split", "Slice", "Squeeze", "Unsqueeze", "Flatten", "Mul", "Div",
                           "BatchNormalization", "Cast", "Identity"}) {
      ops->set(OpByName(op));
    }
    return ops;
  }();
  return (*kViews)[view.op[static_cast<size_t>(n)]];
}

// The convolution that t is a view of; kNone when it is of something else.
NodeId ConvBehind(const GraphView& view, TensorId t) {
  for (int i = 0; i < kMaxViews; ++i) {
    const NodeId n = view.LiveProducer(t);
    if (n == kNone) return kNone;
    if (IsConvolution(view.node(n))) return n;
    if (!IsView(view, n) || view.Inputs(n).empty()) return kNone;
    t = view.Inputs(n)[0];
  }
  return kNone;
}

// The one map that all operands of an attention core are convolutions of; kNone when there is none.
TensorId CommonMap(const GraphView& view, const std::vector<NodeId>& core) {
  TensorId map = kNone;
  for (NodeId n : core) {
    for (TensorId t : view.Inputs(n)) {
      if (t == kNone || view.IsConstant(t)) continue;
      const NodeId producer = view.LiveProducer(t);
      if (producer != kNone && std::binary_search(core.begin(), core.end(), producer)) continue;
      const NodeId conv = ConvBehind(view, t);
      if (conv == kNone) return kNone;
      const TensorId in = view.Inputs(conv)[0];
      if (map != kNone && map != in) return kNone;
      map = in;
    }
  }
  return map;
}

// The convolution that attention's result goes to through views and additions; kNone when another operator reads it.
NodeId ConvAfter(const GraphView& view, NodeId last) {
  for (int i = 0; i < kMaxViews; ++i) {
    const TensorId out = view.first_output[static_cast<size_t>(last)];
    NodeId next = kNone;
    for (NodeId reader : view.tensor(out).consumers) {
      if (view.IsStatic(reader)) continue;
      if (next != kNone) return kNone;
      next = reader;
    }
    if (next == kNone) return kNone;
    if (IsConvolution(view.node(next))) return next;
    if (!IsView(view, next) && view.op[static_cast<size_t>(next)] != OpByName("Add")) return kNone;
    last = next;
  }
  return kNone;
}

}  // namespace

std::vector<FoundBlock> FindConvAttention(const Parts& parts) {
  std::vector<FoundBlock> blocks;
  Walk walk(parts.view);
  for (const std::vector<NodeId>& core : parts.attentions) {
    const TensorId map = CommonMap(parts.view, core);
    if (map == kNone) continue;
    const NodeId last = ConvAfter(parts.view, core.back());
    FoundBlock block{Pattern::kConvAttention, {}, core.back()};
    if (last == kNone || !walk.Run(last, map, parts.view.Inputs(last)[0], &block.nodes)) continue;
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace opcost
