// Transformer blocks: one or two residual sums around attention (self, and cross in a decoder), and the residual MLPs
// behind them; normalised before (ViT, GPT) or after (BERT) each. Attention is whole, or written out in any form that
// the attention rule knows.
#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "frontend/patterns/blocks.h"
#include "frontend/patterns/parts.h"
#include "frontend/patterns/residual.h"

namespace opcost {
namespace {

constexpr int kMaxAttentions = 2;  // self and cross
constexpr int kMaxMlps = 2;        // a deformable attention counts as one
constexpr int kMaxJoint = 8;       // views and norms between two sums

// A residual sum as a step of a block.
struct Step {
  Residual residual;
  bool attention = false;
  int32_t previous = kNone;   // the step whose sum this one starts from
  std::vector<NodeId> joint;  // views and norms between the two
  bool normed = false;        // a norm is among them
};

int Products(const GraphView& view, const Residual& r) {
  static const auto* const kIsProduct = [] {
    auto* is = new std::array<uint8_t, kMaxOps>{};
    for (const char* op : {"MatMul", "Gemm", "ms.FusedMatMul", "ms.FusedGemm", "ms.MatMulNBits", "ms.QGemm",
                           "MatMulInteger", "QLinearMatMul", "ms.MatMulIntegerToFloat", "ms.DynamicQuantizeMatMul"}) {
      (*is)[OpByName(op)] = 1;
    }
    return is;
  }();
  int products = 0;
  for (NodeId n : r.nodes) {
    const OpId op = view.op[static_cast<size_t>(n)];
    if (op != 0) products += (*kIsProduct)[op];
    if (view.node(n).op_type == "MoE" || view.node(n).op_type == "QMoE") products += 2;
  }
  return products;
}

std::vector<Step> FindSteps(const Parts& parts) {
  constexpr int kMlp = 1, kAttention = 2;
  std::vector<Step> steps;
  std::vector<Residual> residuals = FindResiduals(parts.view, [&](const Residual& r) {
    const bool has_attention = std::any_of(r.nodes.begin(), r.nodes.end(),
                                           [&](NodeId n) { return parts.is_attention[static_cast<size_t>(n)] != 0; });
    if (has_attention) return kAttention;
    return Products(parts.view, r) < 2 ? 0 : kMlp;
  });
  for (Residual& r : residuals) {
    Step step;
    step.attention = r.rank == kAttention;
    step.residual = std::move(r);
    steps.push_back(std::move(step));
  }
  return steps;
}

bool IsView(const Node& node) {
  for (const char* op : {"Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Identity", "Dropout", "Cast"}) {
    if (node.op_type == op && node.domain.empty()) return true;
  }
  return false;
}

// Follows x back through views and norms to the sum that made it.
void Link(const Parts& parts, const absl::flat_hash_map<TensorId, int32_t>& made_by, Step& step) {
  TensorId t = step.residual.x;
  for (int i = 0; i < kMaxJoint; ++i) {
    if (const auto made = made_by.find(t); made != made_by.end()) {
      step.previous = made->second;
      return;
    }
    const NodeId n = parts.view.LiveProducer(t);
    if (n == kNone) return;
    if (const auto norm = parts.norm_ending.find(n); norm != parts.norm_ending.end()) {
      const Norm& found = parts.norms[norm->second];
      step.joint.insert(step.joint.end(), found.nodes.begin(), found.nodes.end());
      step.normed = true;
      t = found.input;
    } else if (IsView(parts.view.node(n)) && !parts.view.node(n).inputs.empty()) {
      step.joint.push_back(n);
      t = parts.view.node(n).inputs[0];
    } else {
      return;
    }
    if (t == kNone) return;
  }
}

void LinkAll(const Parts& parts, std::vector<Step>& steps) {
  absl::flat_hash_map<TensorId, int32_t> made_by;
  for (size_t i = 0; i < steps.size(); ++i) {
    for (TensorId t : parts.view.node(steps[i].residual.join).outputs) {
      if (t != kNone) made_by[t] = static_cast<int32_t>(i);
    }
  }
  for (Step& step : steps) Link(parts, made_by, step);
}

// The norm behind the last sum belongs to a block that normalises after its sums.
void AddLastNorm(const Parts& parts, const Step& last, std::vector<NodeId>& nodes) {
  const TensorId sum = parts.view.node(last.residual.join).outputs[0];
  const auto norm = parts.norm_of.find(sum);
  if (norm == parts.norm_of.end()) return;
  const std::vector<NodeId>& members = parts.norms[norm->second].nodes;
  for (NodeId reader : parts.view.tensor(sum).consumers) {
    if (!parts.view.IsStatic(reader) && !std::binary_search(members.begin(), members.end(), reader)) return;
  }
  nodes.insert(nodes.end(), members.begin(), members.end());
}

FoundBlock MakeBlock(const Parts& parts, const std::vector<Step>& steps, const std::vector<size_t>& chain) {
  FoundBlock block;
  block.pattern = Pattern::kTransformerBlock;
  bool after = false;
  for (size_t i = 0; i < chain.size(); ++i) {
    const Step& step = steps[chain[i]];
    block.nodes.insert(block.nodes.end(), step.residual.nodes.begin(), step.residual.nodes.end());
    if (i == 0) continue;
    block.nodes.insert(block.nodes.end(), step.joint.begin(), step.joint.end());
    after = after || step.normed;
  }
  if (after) AddLastNorm(parts, steps[chain.back()], block.nodes);
  std::sort(block.nodes.begin(), block.nodes.end());
  block.nodes.erase(std::unique(block.nodes.begin(), block.nodes.end()), block.nodes.end());
  block.anchor = steps[chain.front()].residual.join;
  return block;
}

// The steps of the block that begins with an attention step; empty when no MLP follows.
std::vector<size_t> Chain(const std::vector<Step>& steps, const std::vector<int32_t>& next, size_t first) {
  std::vector<size_t> chain = {first};
  int attentions = 1, mlps = 0;
  while (mlps < kMaxMlps) {
    const int32_t n = next[chain.back()];
    if (n == kNone) break;
    const bool attention = steps[static_cast<size_t>(n)].attention;
    if (attention && (mlps > 0 || attentions == kMaxAttentions)) break;
    (attention ? attentions : mlps) += 1;
    chain.push_back(static_cast<size_t>(n));
  }
  if (mlps == 0) chain.clear();
  return chain;
}

}  // namespace

std::vector<FoundBlock> FindTransformerBlocks(const Parts& parts) {
  std::vector<FoundBlock> blocks;
  std::vector<Step> steps = FindSteps(parts);
  LinkAll(parts, steps);
  std::vector<int32_t> next(steps.size(), kNone);
  for (size_t i = steps.size(); i-- > 0;) {
    if (steps[i].previous != kNone) next[static_cast<size_t>(steps[i].previous)] = static_cast<int32_t>(i);
  }
  std::vector<uint8_t> used(steps.size(), 0);
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].attention || used[i] != 0) continue;
    const std::vector<size_t> chain = Chain(steps, next, i);
    if (chain.empty()) continue;
    for (size_t s : chain) used[s] = 1;
    blocks.push_back(MakeBlock(parts, steps, chain));
  }
  return blocks;
}

}  // namespace opcost
