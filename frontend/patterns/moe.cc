// A router scores the experts by a product, the best are taken by TopK, their layers run, and their results are summed
// by the router's weights.
#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "frontend/patterns/blocks.h"
#include "frontend/patterns/form.h"
#include "frontend/patterns/walk.h"

namespace opcost {
namespace {

constexpr int kMaxRouter = 6;    // nodes between the router's product and TopK
constexpr int kMaxJoins = 64;    // sums behind TopK that are tried
constexpr int kMinProducts = 3;  // the router's, and two layers of an expert

OpSet Ops(std::initializer_list<const char*> names) {
  OpSet ops;
  for (const char* name : names) ops.set(OpByName(name));
  return ops;
}

// The router's input; kNone when TopK ranks something else than the rows of a product.
TensorId RouterInput(const GraphView& view, NodeId topk) {
  static const OpSet kViews = Ops({"Reshape", "Cast", "Squeeze", "Unsqueeze", "Flatten", "Identity"});
  static const OpSet kScores = kViews | Ops({"Softmax", "Sigmoid", "Add"});
  static const OpSet kProducts = Ops({"MatMul", "Gemm", "ms.MatMulNBits", "ms.FusedGemm", "ms.FusedMatMul"});
  TensorId t = view.Inputs(topk)[0];
  bool scored = false;
  for (int i = 0; i < kMaxRouter; ++i) {
    const NodeId n = view.LiveProducer(t);
    if (n == kNone || view.Inputs(n).empty()) return kNone;
    const OpId op = view.op[static_cast<size_t>(n)];
    t = view.Inputs(n)[0];
    scored = kProducts[op];
    if (scored) break;
    if (!kScores[op]) return kNone;
  }
  if (!scored) return kNone;
  // The tokens, before they were brought to two axes.
  for (NodeId n = view.LiveProducer(t); n != kNone && kViews[view.op[static_cast<size_t>(n)]];
       n = view.LiveProducer(t)) {
    t = view.Inputs(n)[0];
  }
  return t;
}

// Nothing but the last node's outputs is read outside.
bool IsClosed(const GraphView& view, const std::vector<NodeId>& nodes) {
  return std::all_of(nodes.begin(), nodes.end() - 1, [&](NodeId n) {
    return std::all_of(view.node(n).outputs.begin(), view.node(n).outputs.end(), [&](TensorId t) {
      if (t == kNone) return true;
      const std::vector<NodeId>& readers = view.tensor(t).consumers;
      return !view.tensor(t).is_graph_output && std::all_of(readers.begin(), readers.end(), [&](NodeId reader) {
        return view.IsStatic(reader) || std::binary_search(nodes.begin(), nodes.end(), reader);
      });
    });
  });
}

int Products(const GraphView& view, const std::vector<NodeId>& nodes) {
  static const OpSet kProducts = Ops({"MatMul", "Gemm", "Einsum", "ms.MatMulNBits", "ms.FusedGemm", "ms.FusedMatMul"});
  return static_cast<int>(
      std::count_if(nodes.begin(), nodes.end(), [&](NodeId n) { return kProducts[view.op[static_cast<size_t>(n)]]; }));
}

// The experts' part of the sum `join`, without the sum itself; false when this operand is none.
bool Experts(const GraphView& view, Walk& walk, NodeId topk, NodeId join, TensorId x, TensorId y,
             std::vector<NodeId>* nodes) {
  nodes->clear();
  if (y == kNone || y == x || !walk.Run(join, x, y, nodes)) return false;
  nodes->pop_back();
  return nodes->size() > 1 && std::binary_search(nodes->begin(), nodes->end(), topk) &&
         Products(view, *nodes) >= kMinProducts && IsClosed(view, *nodes);
}

bool FindJoin(const GraphView& view, Walk& walk, NodeId topk, TensorId x, std::vector<NodeId>* nodes) {
  static const OpSet kSums = Ops({"Add", "Sum", "ms.SkipLayerNormalization", "ms.SkipSimplifiedLayerNormalization"});
  int tried = 0;
  for (NodeId n = topk + 1; n < static_cast<NodeId>(view.graph.nodes.size()) && tried < kMaxJoins; ++n) {
    if (view.IsStatic(n) || !kSums[view.op[static_cast<size_t>(n)]] || view.Inputs(n).size() < 2) continue;
    ++tried;
    const absl::Span<const TensorId> in = view.Inputs(n);
    if (Experts(view, walk, topk, n, x, in[0], nodes) || Experts(view, walk, topk, n, x, in[1], nodes)) return true;
  }
  return false;
}

}  // namespace

std::vector<FoundBlock> FindMoe(const GraphView& view) {
  std::vector<FoundBlock> blocks;
  Walk walk(view);
  for (NodeId topk : view.nodes_of[OpByName("TopK")]) {
    const TensorId x = RouterInput(view, topk);
    FoundBlock block{Pattern::kMoe, {}, topk};
    if (x != kNone && FindJoin(view, walk, topk, x, &block.nodes)) blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace opcost
