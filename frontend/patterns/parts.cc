#include "frontend/patterns/parts.h"

#include <algorithm>
#include <utility>

#include "frontend/patterns/apply.h"
#include "frontend/patterns/classify.h"

namespace opcost {

Parts::Parts(const GraphView& v) : view(v), is_attention(v.graph.nodes.size(), 0) {
  std::vector<uint8_t> taken(view.graph.nodes.size(), 0);
  ApplyRules(view, Compiled(AttentionFusions), taken,
             [&](const FusionRule&, Match match) { AddAttention(std::move(match.nodes)); });
  ApplyRules(view, Compiled(NormFusions), taken, [&](const FusionRule& rule, Match match) {
    if (rule.pattern != Pattern::kSoftmax) AddNorm(std::move(match.nodes));
  });
  for (size_t i = 0; i < view.graph.nodes.size(); ++i) {
    if (taken[i] != 0 || view.op[i] == 0 || view.is_static[i] != 0) continue;
    const Pattern pattern = PatternOf(view.graph, view.graph.nodes[i]);
    if (pattern == Pattern::kAttention || pattern == Pattern::kGroupedQueryAttention) {
      AddAttention({static_cast<NodeId>(i)});
    }
    if (pattern == Pattern::kLayernorm || pattern == Pattern::kRmsnorm) AddNorm({static_cast<NodeId>(i)});
  }
}

void Parts::AddAttention(std::vector<NodeId> nodes) {
  is_attention[static_cast<size_t>(nodes.back())] = 1;
  attentions.push_back(std::move(nodes));
}

void Parts::AddNorm(std::vector<NodeId> nodes) {
  Norm norm;
  for (NodeId n : nodes) {
    for (TensorId t : view.node(n).inputs) {
      if (t == kNone || view.IsConstant(t)) continue;
      const NodeId producer = view.tensor(t).producer;
      if (producer == kNone || !std::binary_search(nodes.begin(), nodes.end(), producer)) {
        norm.input = t;
        break;
      }
    }
    if (norm.input != kNone) break;
  }
  if (norm.input == kNone) return;
  norm_ending[nodes.back()] = norms.size();
  norm_of[norm.input] = norms.size();
  norm.nodes = std::move(nodes);
  norms.push_back(std::move(norm));
}

}  // namespace opcost
