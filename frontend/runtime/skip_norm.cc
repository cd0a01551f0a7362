// Level extended: a sum that is normalised at once becomes part of the normalisation, which returns it when others read
// it.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

bool SameShape(Rewrite& rewrite, TensorId a, TensorId b) {
  const auto x = rewrite.Extents(a), y = rewrite.Extents(b);
  return x && y && *x == *y;
}

bool Fuse(Rewrite& rewrite, NodeId norm) {
  const TensorId total = rewrite.Input(norm, 0);
  const NodeId sum = rewrite.ProducerOf(total, "Add");
  if (sum == kNone || rewrite.Rank(total) != 3) return false;
  const TensorId a = rewrite.Input(sum, 0), b = rewrite.Input(sum, 1);
  if (!SameShape(rewrite, a, b)) return false;
  if (IntAttribute(rewrite.node(norm), "axis", -1) != -1 && IntAttribute(rewrite.node(norm), "axis", -1) != 2) {
    return false;
  }
  if (!rewrite.IsPrivate(total)) return false;
  std::vector<TensorId> inputs = {a, b};
  for (size_t slot = 1; slot < rewrite.node(norm).inputs.size(); ++slot) inputs.push_back(rewrite.Input(norm, slot));
  Node fused = rewrite.node(norm);
  fused.op_type = "SkipLayerNormalization";
  fused.domain = "com.microsoft";
  fused.opset = fused.since_version = 1;
  fused.inputs = std::move(inputs);
  std::vector<NodeId> origins = rewrite.origins(norm);
  for (NodeId o : rewrite.origins(sum)) origins.push_back(o);
  rewrite.Remove(norm);
  rewrite.Remove(sum);
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
