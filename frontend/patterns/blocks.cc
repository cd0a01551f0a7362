#include "frontend/patterns/blocks.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "frontend/patterns/apply.h"

namespace opcost {
namespace {

// The common leading segments of two paths.
absl::string_view CommonScope(absl::string_view a, absl::string_view b) {
  size_t end = 0;
  for (size_t i = 0; i <= a.size() && i <= b.size(); ++i) {
    const bool a_ends = i == a.size() || a[i] == '/', b_ends = i == b.size() || b[i] == '/';
    if (a_ends && b_ends) end = i;
    if (i == a.size() || i == b.size() || a[i] != b[i]) break;
  }
  return a.substr(0, end);
}

std::string ScopeOf(const Graph& graph, const std::vector<NodeId>& nodes) {
  absl::string_view scope;
  bool any = false;
  for (NodeId n : nodes) {
    const std::string& own = graph.nodes[static_cast<size_t>(n)].scope;
    if (own.empty()) continue;
    scope = any ? CommonScope(scope, own) : absl::string_view(own);
    any = true;
  }
  return std::string(scope);
}

// The common scope of a block's nodes where no other block of its pattern has the same; else "mbconv 3".
void NameBlocks(const Graph& graph, std::vector<Block>& blocks) {
  std::map<std::pair<Pattern, std::string>, int> users;
  for (Block& block : blocks) {
    block.name = ScopeOf(graph, block.nodes);
    ++users[{block.pattern, block.name}];
  }
  std::map<Pattern, int> counter;
  for (Block& block : blocks) {
    const int number = ++counter[block.pattern];
    if (!block.name.empty() && users[{block.pattern, block.name}] == 1) continue;
    block.name = absl::StrCat(std::string(Name(block.pattern)), " ", number);
  }
}

// The block that the nodes are all in, if it is the innermost of each; kNone when all are in none. False when they are
// in different ones.
bool SharedBlock(const std::vector<NodeId>& nodes, const std::vector<int32_t>& block_of, int32_t* block) {
  *block = block_of[static_cast<size_t>(nodes[0])];
  return std::all_of(nodes.begin(), nodes.end(), [&](NodeId n) { return block_of[static_cast<size_t>(n)] == *block; });
}

}  // namespace

std::vector<FoundBlock> FindBlocksByRules(const GraphView& view) {
  std::vector<FoundBlock> found;
  for (const auto family : {BlockFusions, SqueezeExciteFusions, ImageBlockFusions, SequenceBlockFusions}) {
    std::vector<uint8_t> taken(view.graph.nodes.size(), 0);
    const auto add = [&](const FusionRule& rule, Match match) {
      found.push_back({rule.pattern, std::move(match.nodes), match.anchor});
    };
    ApplyRules(view, Compiled(family), taken, add, /*through_quantization=*/true);
  }
  return found;
}

Blocks FindBlocks(const GraphView& view) {
  std::vector<FoundBlock> found = FindBlocksByRules(view);
  const Parts parts(view);
  for (std::vector<FoundBlock> more : {FindTransformerBlocks(parts), FindWindowAttention(parts),
                                       FindConvAttention(parts), FindMoe(view), FindC2f(view)}) {
    for (FoundBlock& block : more) found.push_back(std::move(block));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const FoundBlock& a, const FoundBlock& b) { return a.nodes.size() > b.nodes.size(); });
  // Larger ones first, so that a smaller one meets the block around it already there.
  std::vector<int32_t> around(found.size(), kNone), block_of(view.graph.nodes.size(), kNone);
  std::vector<size_t> kept;
  for (size_t i = 0; i < found.size(); ++i) {
    if (!SharedBlock(found[i].nodes, block_of, &around[i])) continue;
    for (NodeId n : found[i].nodes) block_of[static_cast<size_t>(n)] = static_cast<int32_t>(i);
    kept.push_back(i);
  }
  // In the report's order: by first node, the outer before the inner.
  std::stable_sort(kept.begin(), kept.end(), [&](size_t a, size_t b) { return found[a].nodes[0] < found[b].nodes[0]; });
  std::vector<int32_t> position(found.size(), kNone);
  for (size_t i = 0; i < kept.size(); ++i) position[kept[i]] = static_cast<int32_t>(i);
  Blocks result;
  for (size_t i : kept) {
    const int32_t parent = around[i] == kNone ? kNone : position[static_cast<size_t>(around[i])];
    result.anchors.push_back(found[i].anchor);
    result.blocks.push_back({found[i].pattern, "", std::move(found[i].nodes), parent});
  }
  for (int32_t& b : block_of) b = b == kNone ? kNone : position[static_cast<size_t>(b)];
  result.block_of = std::move(block_of);
  NameBlocks(view.graph, result.blocks);
  return result;
}

}  // namespace opcost
