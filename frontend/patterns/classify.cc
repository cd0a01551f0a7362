#include "frontend/patterns/classify.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "frontend/patterns/apply.h"
#include "frontend/patterns/blocks.h"
#include "frontend/patterns/graph_view.h"
#include "frontend/patterns/integer_rows.h"
#include "frontend/patterns/predicates.h"
#include "frontend/patterns/rules.h"

namespace opcost {
namespace {

absl::StatusOr<const RuleSet*> FindRuleSet(absl::string_view name) {
  for (const RuleSet& set : AllRuleSets()) {
    if (name == set.name) return &set;
  }
  const std::vector<std::string> names = RuleSetNames();
  return absl::NotFoundError(absl::StrCat("'", name, "' is no fusion rule set", DidYouMean(name, names), " (there are ",
                                          absl::StrJoin(names, ", "), ")"));
}

// A fused convolution's pattern: the rule's, unless its kernel has a class of its own.
Pattern FusedPattern(const Graph& graph, const RuleSet& set, const FusionRule& rule, NodeId anchor) {
  const Node& node = graph.nodes[static_cast<size_t>(anchor)];
  if (!IsConvolution(node)) return rule.pattern;
  const Pattern own = PatternOf(graph, node);
  if (own == Pattern::kConv2d) return rule.pattern;
  return own == Pattern::kPointwise && set.pointwise == PointwiseName::kByTail ? rule.pattern : own;
}

void AddMbconvRows(const Blocks& blocks, std::vector<uint8_t>& taken, Classification& c) {
  for (size_t i = 0; i < blocks.blocks.size(); ++i) {
    const Block& block = blocks.blocks[i];
    if (block.pattern != Pattern::kMbconv && block.pattern != Pattern::kMbconvSe) continue;
    for (NodeId n : block.nodes) taken[static_cast<size_t>(n)] = 1;
    Subgraph row;
    row.pattern = block.pattern;
    row.nodes = block.nodes;
    row.anchor = blocks.anchors[i];
    c.subgraphs.push_back(std::move(row));
  }
}

void AddFusedRows(const GraphView& view, const RuleSet& set, std::vector<uint8_t>& taken, Classification& c) {
  for (const auto family : set.families) {
    if (family == nullptr) break;
    ApplyRules(view, Compiled(family), taken, [&](const FusionRule& rule, Match match) {
      Subgraph row;
      row.pattern = FusedPattern(view.graph, set, rule, match.anchor);
      row.nodes = std::move(match.nodes);
      row.anchor = match.anchor;
      row.kernel = rule.kernel;
      c.subgraphs.push_back(std::move(row));
    });
  }
}

void AddSingleRows(const GraphView& view, const RuleSet& set, const std::vector<uint8_t>& taken, Classification& c) {
  for (size_t i = 0; i < view.graph.nodes.size(); ++i) {
    if (taken[i] != 0) continue;
    const NodeId id = static_cast<NodeId>(i);
    Subgraph row;
    row.pattern =
        set.folds_constants && view.IsStatic(id) ? Pattern::kFree : PatternOf(view.graph, view.graph.nodes[i]);
    row.nodes = {id};
    row.anchor = id;
    c.subgraphs.push_back(std::move(row));
  }
}

bool Within(const std::vector<Block>& blocks, int32_t inner, int32_t outer) {
  while (inner != kNone && inner != outer) inner = blocks[static_cast<size_t>(inner)].parent;
  return inner == outer;
}

// The innermost block around all nodes; for a row that crosses blocks, its anchor's.
int32_t BlockOf(const Classification& c, const Subgraph& row) {
  int32_t block = c.block_of[static_cast<size_t>(row.nodes[0])];
  const auto holds_all = [&](int32_t b) {
    return std::all_of(row.nodes.begin(), row.nodes.end(),
                       [&](NodeId n) { return Within(c.blocks, c.block_of[static_cast<size_t>(n)], b); });
  };
  while (block != kNone && !holds_all(block)) block = c.blocks[static_cast<size_t>(block)].parent;
  return block != kNone ? block : c.block_of[static_cast<size_t>(row.anchor)];
}

// By first node; each node is the first of one row at most.
void OrderRows(size_t nodes, std::vector<Subgraph>& rows) {
  std::vector<int32_t> starting(nodes, kNone);
  for (size_t i = 0; i < rows.size(); ++i) starting[static_cast<size_t>(rows[i].nodes[0])] = static_cast<int32_t>(i);
  std::vector<Subgraph> ordered;
  ordered.reserve(rows.size());
  for (int32_t row : starting) {
    if (row != kNone) ordered.push_back(std::move(rows[static_cast<size_t>(row)]));
  }
  rows = std::move(ordered);
}

void Finish(const GraphView& view, Blocks blocks, Classification& c) {
  OrderRows(view.graph.nodes.size(), c.subgraphs);
  c.blocks = std::move(blocks.blocks);
  c.block_of = std::move(blocks.block_of);
  c.subgraph_of.assign(view.graph.nodes.size(), kNone);
  for (size_t i = 0; i < c.subgraphs.size(); ++i) {
    Subgraph& row = c.subgraphs[i];
    for (NodeId n : row.nodes) c.subgraph_of[static_cast<size_t>(n)] = static_cast<int32_t>(i);
    row.block = BlockOf(c, row);
  }
}

}  // namespace

std::vector<std::string> RuleSetNames() {
  std::vector<std::string> names;
  for (const RuleSet& set : AllRuleSets()) names.emplace_back(set.name);
  return names;
}

absl::StatusOr<Classification> Classify(const Graph& graph, absl::string_view rule_set) {
  const absl::StatusOr<const RuleSet*> set = FindRuleSet(rule_set);
  if (!set.ok()) return set.status();
  if ((*set)->executed) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", rule_set, "' predicts executed kernels, expected a rule set of fusions"));
  }
  const GraphView view(graph);
  Classification c;
  c.rule_set = (*set)->name;
  Blocks blocks = FindBlocks(view);
  std::vector<uint8_t> taken(graph.nodes.size(), 0);
  if ((*set)->mbconv_rows) AddMbconvRows(blocks, taken, c);
  AddFusedRows(view, **set, taken, c);
  AddSingleRows(view, **set, taken, c);
  if ((*set)->integer_rows) MakeIntegerRows(view, c.subgraphs);
  Finish(view, std::move(blocks), c);
  return c;
}

}  // namespace opcost
