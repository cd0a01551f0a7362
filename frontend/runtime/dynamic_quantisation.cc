// Level extended: products of integers that are scaled to float at once, and the quantisation in front of them, become
// one kernel.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

constexpr const char* kScaled = "MatMulIntegerToFloat";

struct ScaledProduct {
  NodeId product = kNone, cast = kNone, scales = kNone, scale = kNone, sum = kNone;
  TensorId bias = kNone;
};

// MatMulInteger, Cast, Mul by a product of two scales.
bool Matches(Rewrite& rewrite, NodeId scale, ScaledProduct* found) {
  if (!rewrite.Is(scale, "Mul")) return false;
  for (size_t side : {size_t{0}, size_t{1}}) {
    const TensorId converted = rewrite.Input(scale, side), factor = rewrite.Input(scale, 1 - side);
    const NodeId cast = rewrite.ProducerOf(converted, "Cast"), scales = rewrite.ProducerOf(factor, "Mul");
    if (cast == kNone || scales == kNone) continue;
    const NodeId product = rewrite.ProducerOf(rewrite.Input(cast, 0), "MatMulInteger");
    if (product == kNone || !rewrite.IsPrivate(converted) || !rewrite.IsPrivate(factor) ||
        !rewrite.IsPrivate(rewrite.Input(cast, 0))) {
      continue;
    }
    *found = {product, cast, scales, scale, kNone, kNone};
    return true;
  }
  return false;
}

// Add of one constant element a column, more than one.
void FindBias(Rewrite& rewrite, ScaledProduct* found) {
  const TensorId out = rewrite.Output(found->scale);
  const NodeId sum = rewrite.OnlyReader(out);
  if (!rewrite.Is(sum, "Add")) return;
  const TensorId bias = rewrite.Input(sum, rewrite.Input(sum, 0) == out ? 1 : 0);
  const auto extents = rewrite.Extents(bias);
  if (bias == out || !rewrite.IsConstant(bias) || !extents || extents->empty() || extents->back() < 2) return;
  for (size_t d = 0; d + 1 < extents->size(); ++d) {
    if ((*extents)[d] != 1) return;
  }
  found->sum = sum;
  found->bias = bias;
}

void Replace(Rewrite& rewrite, const std::vector<NodeId>& nodes, absl::string_view op, std::vector<TensorId> inputs,
             TensorId out) {
  Node node = rewrite.node(nodes.front());
  node.op_type = std::string(op);
  node.domain = "com.microsoft";
  node.opset = node.since_version = 1;
  node.name = node.id = absl::StrCat(node.id, "/", op);
  node.attributes.clear();
  node.inputs = std::move(inputs);
  node.outputs = {out};
  std::vector<NodeId> origins;
  for (NodeId n : nodes) {
    if (n == kNone) continue;
    origins.insert(origins.end(), rewrite.origins(n).begin(), rewrite.origins(n).end());
  }
  for (NodeId n : nodes) {
    if (n != kNone) rewrite.Remove(n);
  }
  rewrite.Add(std::move(node), std::move(origins), false);
}

bool FuseScale(Rewrite& rewrite, NodeId n) {
  ScaledProduct found;
  if (!Matches(rewrite, n, &found)) return false;
  FindBias(rewrite, &found);
  std::vector<TensorId> inputs = {rewrite.Input(found.product, 0), rewrite.Input(found.product, 1),
                                  rewrite.Input(found.scales, 0),  rewrite.Input(found.scales, 1),
                                  rewrite.Input(found.product, 2), rewrite.Input(found.product, 3)};
  if (found.bias != kNone) inputs.push_back(found.bias);
  const TensorId out = rewrite.Output(found.sum == kNone ? found.scale : found.sum);
  Replace(rewrite, {found.product, found.cast, found.scales, found.scale, found.sum}, kScaled, std::move(inputs), out);
  return true;
}

// DynamicQuantizeLinear whose three results only this product reads, by a constant matrix.
bool FuseDynamic(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, absl::StrCat("com.microsoft.", kScaled))) return false;
  const NodeId quantise = rewrite.ProducerOf(rewrite.Input(n, 0), "DynamicQuantizeLinear");
  if (quantise == kNone || !rewrite.IsConstant(rewrite.Input(n, 1)) || !rewrite.IsConstant(rewrite.Input(n, 3))) {
    return false;
  }
  for (size_t slot = 0; slot < 3; ++slot) {
    if (rewrite.OnlyReader(rewrite.Output(quantise, slot)) != n) return false;
  }
  const TensorId zero = rewrite.Input(n, 5), bias = rewrite.Input(n, 6);
  if ((zero != kNone && !rewrite.IsConstant(zero)) || (bias != kNone && !rewrite.IsConstant(bias))) return false;
  std::vector<TensorId> inputs = {rewrite.Input(quantise, 0), rewrite.Input(n, 1), rewrite.Input(n, 3), zero};
  if (bias != kNone) inputs.push_back(bias);
  Replace(rewrite, {n, quantise}, "DynamicQuantizeMatMul", std::move(inputs), rewrite.Output(n));
  return true;
}

}  // namespace

bool FuseDynamicQuantisation(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  for (const auto fuse : {FuseScale, FuseDynamic}) {
    const size_t count = rewrite.size();
    for (size_t i = 0; i < count; ++i) changed |= fuse(rewrite, static_cast<NodeId>(i));
  }
  return changed;
}

}  // namespace opcost::internal
