// Blocks: what people call the parts of a network. They group subgraphs for reports, and are found on the graph itself,
// so that they do not depend on what a runtime fuses.
#ifndef OPCOST_FRONTEND_PATTERNS_BLOCKS_H_
#define OPCOST_FRONTEND_PATTERNS_BLOCKS_H_

#include <vector>

#include "frontend/patterns/classify.h"
#include "frontend/patterns/graph_view.h"
#include "frontend/patterns/parts.h"

namespace opcost {

struct FoundBlock {
  Pattern pattern = Pattern::kCount;
  std::vector<NodeId> nodes;  // ascending
  NodeId anchor = kNone;
};

// What the rules of the files blocks_of_*.cc find. Q/DQ pairs within a block belong to it.
std::vector<FoundBlock> FindBlocksByRules(const GraphView& view);
// Attention and the MLPs behind it, each in a residual sum.
std::vector<FoundBlock> FindTransformerBlocks(const Parts& parts);
// Attention within windows or along grids, from the partition to its reverse, with the shift (roll) around both.
std::vector<FoundBlock> FindWindowAttention(const Parts& parts);
// Attention whose queries, keys and values are convolutions of one map, up to the convolution behind it.
std::vector<FoundBlock> FindConvAttention(const Parts& parts);
// Mixtures of experts: from the router's product to the sum over the chosen experts.
std::vector<FoundBlock> FindMoe(const GraphView& view);
// Splits by channel with a chain of layers behind one half and all steps of it joined again (C2f, C3k2).
std::vector<FoundBlock> FindC2f(const GraphView& view);

// Every block of the graph, largest first where they nest, named, with parents. Those that overlap without nesting
// are left out. `block_of` is by NodeId: the innermost.
struct Blocks {
  std::vector<Block> blocks;
  std::vector<NodeId> anchors;  // by block
  std::vector<int32_t> block_of;
};
Blocks FindBlocks(const GraphView& view);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_BLOCKS_H_
