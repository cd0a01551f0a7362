// Level extended: a sum that is normalised at once becomes part of the normalisation, which returns it when others read
// it.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

// One of the two operands may be a sum with a bias: the kernel adds that too. Returns the sum, kNone when there is
// none.
NodeId TakeBias(Rewrite& rewrite, std::vector<TensorId>* inputs) {
  for (size_t side : {size_t{0}, size_t{1}}) {
    const TensorId operand = (*inputs)[side];
    const NodeId sum = rewrite.ProducerOf(operand, "Add");
    if (sum == kNone || !rewrite.IsPrivate(operand)) continue;
    for (size_t slot : {size_t{1}, size_t{0}}) {
      const TensorId bias = rewrite.Input(sum, slot), rest = rewrite.Input(sum, 1 - slot);
      if (!rewrite.IsConstant(bias) || rewrite.Rank(bias) != 1 || rewrite.Rank(rest) != 3) continue;
      if ((*rewrite.tensor(bias).shape)[0] != (*rewrite.tensor(rest).shape)[2]) continue;
      (*inputs)[side] = rest;
      while (inputs->size() < 4) inputs->push_back(kNone);
      inputs->push_back(bias);
      return sum;
    }
  }
  return kNone;
}

bool Fuse(Rewrite& rewrite, NodeId norm) {
  const TensorId total = rewrite.Input(norm, 0);
  const NodeId sum = rewrite.ProducerOf(total, "Add");
  if (sum == kNone || rewrite.Rank(total) != 3) return false;
  const TensorId a = rewrite.Input(sum, 0), b = rewrite.Input(sum, 1);
  if (!rewrite.SameShape(a, b)) return false;
  if (IntAttribute(rewrite.node(norm), "axis", -1) != -1 && IntAttribute(rewrite.node(norm), "axis", -1) != 2) {
    return false;
  }
  if (!rewrite.IsPrivate(total)) return false;
  std::vector<TensorId> inputs = {a, b};
  for (size_t slot = 1; slot < rewrite.node(norm).inputs.size(); ++slot) inputs.push_back(rewrite.Input(norm, slot));
  const NodeId biased = TakeBias(rewrite, &inputs);
  Node fused = rewrite.node(norm);
  fused.op_type = "SkipLayerNormalization";
  fused.domain = "com.microsoft";
  fused.opset = fused.since_version = 1;
  fused.inputs = std::move(inputs);
  std::vector<NodeId> origins = rewrite.origins(norm);
  for (NodeId o : rewrite.origins(sum)) origins.push_back(o);
  if (biased != kNone) origins.insert(origins.end(), rewrite.origins(biased).begin(), rewrite.origins(biased).end());
  rewrite.Remove(norm);
  rewrite.Remove(sum);
  if (biased != kNone) rewrite.Remove(biased);
  rewrite.Add(std::move(fused), std::move(origins), false);
  return true;
}

}  // namespace

bool FuseSkipNorms(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) {
    const NodeId n = static_cast<NodeId>(i);
    if (rewrite.Is(n, "LayerNormalization")) changed |= Fuse(rewrite, n);
  }
  return changed;
}

}  // namespace opcost::internal
