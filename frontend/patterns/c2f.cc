#include <algorithm>
#include <utility>
#include <vector>

#include "frontend/patterns/blocks.h"
#include "frontend/patterns/match.h"
#include "frontend/patterns/walk.h"

namespace opcost {
namespace {

// A 1x1 convolution with what belongs to it, and one that reads a Concat.
struct Ends {
  Form front, back;
};
const Ends& Forms() {
  static const Ends* const kEnds =
      new Ends{CompileForm("%optact(%bn(!@anyconv{pw}(_)))").value(),
               CompileForm("(%act(%bn(@anyconv{pw}(!Concat()))) | %bn(@anyconv{pw}(!Concat())))").value()};
  return *kEnds;
}

// All inputs of the Concat come out of the block, both halves of the split among them.
bool JoinsHalves(const GraphView& view, const std::vector<NodeId>& nodes, NodeId concat, NodeId split) {
  int halves = 0;
  for (TensorId t : view.Inputs(concat)) {
    const NodeId producer = view.LiveProducer(t);
    if (producer == kNone || !std::binary_search(nodes.begin(), nodes.end(), producer)) return false;
    halves += producer == split ? 1 : 0;
  }
  return halves == 2 && view.Inputs(concat).size() > 2;
}

NodeId ConcatReading(const GraphView& view, TensorId t) {
  const OpId concat = OpByName("Concat");
  for (NodeId reader : view.tensor(t).consumers) {
    if (view.op[static_cast<size_t>(reader)] == concat && !view.IsStatic(reader)) return reader;
  }
  return kNone;
}

// The nodes that can end the layer behind the Concat, last first.
std::vector<NodeId> After(const GraphView& view, NodeId concat) {
  constexpr size_t kLayer = 5;  // convolution, normalisation, an activation of two or three nodes
  std::vector<NodeId> after = {concat};
  for (size_t i = 0; i < after.size() && after.size() <= kLayer; ++i) {
    for (NodeId reader : view.tensor(view.first_output[static_cast<size_t>(after[i])]).consumers) {
      const bool is_new = std::find(after.begin(), after.end(), reader) == after.end();
      if (is_new && !view.IsStatic(reader)) after.push_back(reader);
    }
  }
  std::sort(after.begin() + 1, after.end(), [](NodeId a, NodeId b) { return a > b; });
  after.erase(after.begin());
  return after;
}

}  // namespace

std::vector<FoundBlock> FindC2f(const GraphView& view) {
  std::vector<FoundBlock> blocks;
  const std::vector<uint8_t> taken(view.graph.nodes.size(), 0);
  Matcher matcher(view, taken, /*through_quantization=*/true);
  Walk walk(view);
  for (NodeId split : view.nodes_of[OpByName("Split")]) {
    const NodeId before = view.LiveProducer(view.Inputs(split)[0]);
    const NodeId concat = ConcatReading(view, view.first_output[static_cast<size_t>(split)]);
    Match front;
    if (before == kNone || concat == kNone || !matcher.Find(Forms().front, before, &front)) continue;
    FoundBlock block{Pattern::kC2f, {}, front.anchor};
    if (!walk.Run(concat, view.Inputs(front.anchor)[0], kNone, &block.nodes) ||
        !JoinsHalves(view, block.nodes, concat, split)) {
      continue;
    }
    Match back;
    const std::vector<NodeId> after = After(view, concat);
    const bool closes = std::any_of(after.begin(), after.end(), [&](NodeId n) {
      return Forms().back.first[view.op[static_cast<size_t>(n)]] && matcher.Find(Forms().back, n, &back) &&
             back.anchor == concat;
    });
    if (!closes) continue;
    block.nodes.insert(block.nodes.end(), back.nodes.begin(), back.nodes.end());
    std::sort(block.nodes.begin(), block.nodes.end());
    block.nodes.erase(std::unique(block.nodes.begin(), block.nodes.end()), block.nodes.end());
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace opcost
