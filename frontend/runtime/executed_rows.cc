#include "frontend/runtime/executed_rows.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/patterns/blocks.h"
#include "frontend/patterns/graph_view.h"
#include "frontend/patterns/predicates.h"

namespace opcost {
namespace {

constexpr size_t kResidualSlot = 3;  // of a blocked or fused convolution

std::string KernelName(const Node& node) {
  return node.domain.empty() ? node.op_type : absl::StrCat(node.domain, "::", node.op_type);
}

bool Carries(const Graph& raw, const std::vector<NodeId>& origins, absl::string_view op) {
  return std::any_of(origins.begin(), origins.end(),
                     [&](NodeId n) { return raw.nodes[static_cast<size_t>(n)].op_type == op; });
}

// What was fused into a dense convolution names it; the other kinds keep their own.
Pattern PatternOfConvolution(const Graph& raw, const std::vector<NodeId>& origins, const Node& node) {
  const bool activated = !StringAttribute(node, "activation", "").empty();
  const bool added = node.inputs.size() > kResidualSlot && node.inputs[kResidualSlot] != kNone;
  if (added) return Pattern::kConv2dAddAct;
  if (Carries(raw, origins, "BatchNormalization")) return activated ? Pattern::kConv2dBnAct : Pattern::kConv2dBn;
  return activated ? Pattern::kConv2dAct : Pattern::kConv2d;
}

Pattern PatternOfKernel(const Graph& raw, const ExecutedGraph& executed, size_t kernel) {
  const Node& node = executed.graph.nodes[kernel];
  const Pattern own = PatternOf(executed.graph, node);
  const std::vector<NodeId>& origins = executed.origins[kernel];
  if (IsConvolution(node) && own == Pattern::kConv2d) return PatternOfConvolution(raw, origins, node);
  if (own == Pattern::kGemm && Carries(raw, origins, "MatMul")) return Pattern::kLinear;
  return own;
}

// By node of the file: the kernel whose row it belongs to, kNone where there is none.
std::vector<NodeId> Owners(size_t nodes, const ExecutedGraph& executed) {
  std::vector<NodeId> owner(nodes, kNone);
  for (const bool inserted : {false, true}) {
    for (size_t k = 0; k < executed.origins.size(); ++k) {
      if ((executed.inserted[k] != 0) != inserted) continue;
      for (NodeId n : executed.origins[k]) {
        NodeId& of = owner[static_cast<size_t>(n)];
        if (of == kNone) of = static_cast<NodeId>(k);
      }
    }
  }
  return owner;
}

// The node that the kernel is named after: one of its own operator, else the first.
NodeId AnchorOf(const Graph& raw, const Node& kernel, const std::vector<NodeId>& nodes) {
  const auto same = std::find_if(nodes.begin(), nodes.end(), [&](NodeId n) {
    const std::string& op = raw.nodes[static_cast<size_t>(n)].op_type;
    return op == kernel.op_type || absl::StrCat("Fused", op) == kernel.op_type ||
           (op == "MatMul" && kernel.op_type == "Gemm");
  });
  if (same != nodes.end()) return *same;
  return nodes.empty() ? kNone : nodes.front();
}

Subgraph MakeRow(const Graph& raw, const ExecutedGraph& executed, const std::vector<NodeId>& owner, size_t kernel) {
  const Node& node = executed.graph.nodes[kernel];
  Subgraph row;
  row.executed = static_cast<NodeId>(kernel);
  row.kernel = KernelName(node);
  row.pattern = PatternOfKernel(raw, executed, kernel);
  for (NodeId n : executed.origins[kernel]) {
    if (owner[static_cast<size_t>(n)] == row.executed) row.nodes.push_back(n);
  }
  std::sort(row.nodes.begin(), row.nodes.end());
  row.anchor = AnchorOf(raw, node, row.nodes);
  row.inserted = row.nodes.empty();
  return row;
}

Subgraph FreeRow(NodeId node) {
  Subgraph row;
  row.pattern = Pattern::kFree;
  row.nodes = {node};
  row.anchor = node;
  return row;
}

// The innermost block around all nodes; for a row that crosses blocks, its anchor's.
int32_t BlockOf(const Classification& c, const Subgraph& row) {
  if (row.nodes.empty()) return kNone;
  const auto within = [&](NodeId n, int32_t block) {
    int32_t at = c.block_of[static_cast<size_t>(n)];
    while (at != kNone && at != block) at = c.blocks[static_cast<size_t>(at)].parent;
    return at == block;
  };
  int32_t block = c.block_of[static_cast<size_t>(row.anchor)];
  while (block != kNone &&
         !std::all_of(row.nodes.begin(), row.nodes.end(), [&](NodeId n) { return within(n, block); })) {
    block = c.blocks[static_cast<size_t>(block)].parent;
  }
  return block != kNone ? block : c.block_of[static_cast<size_t>(row.anchor)];
}

}  // namespace

Classification ClassifyExecuted(const Graph& raw, const ExecutedGraph& executed) {
  Classification c;
  c.rule_set = std::string(kOnnxRuntimeCpu);
  const std::vector<NodeId> owner = Owners(raw.nodes.size(), executed);
  Blocks blocks = FindBlocks(GraphView(raw));
  c.blocks = std::move(blocks.blocks);
  c.block_of = std::move(blocks.block_of);
  // A node that does not run stands where it would: before the first kernel that carries out a later one.
  NodeId next = 0;
  const auto add_free = [&](NodeId until) {
    for (; next < until; ++next) {
      if (owner[static_cast<size_t>(next)] == kNone) c.subgraphs.push_back(FreeRow(next));
    }
  };
  for (size_t k = 0; k < executed.graph.nodes.size(); ++k) {
    Subgraph row = MakeRow(raw, executed, owner, k);
    if (!row.nodes.empty()) add_free(row.nodes.front());
    c.subgraphs.push_back(std::move(row));
  }
  add_free(static_cast<NodeId>(raw.nodes.size()));
  c.subgraph_of.assign(raw.nodes.size(), kNone);
  for (size_t i = 0; i < c.subgraphs.size(); ++i) {
    for (NodeId n : c.subgraphs[i].nodes) c.subgraph_of[static_cast<size_t>(n)] = static_cast<int32_t>(i);
    c.subgraphs[i].block = BlockOf(c, c.subgraphs[i]);
  }
  return c;
}

}  // namespace opcost
