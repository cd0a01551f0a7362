// Level basic: Transposes move towards others that they can merge with, and what cancels goes.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontend/runtime/passes.h"

namespace opcost::internal {
namespace {

using Perm = std::vector<int64_t>;

std::optional<Perm> PermOf(Rewrite& rewrite, NodeId n) {
  if (!rewrite.Is(n, "Transpose")) return std::nullopt;
  Perm perm = IntsAttribute(rewrite.node(n), "perm");
  if (!perm.empty()) return perm;
  for (size_t d = rewrite.Rank(rewrite.Input(n, 0)); d-- > 0;) perm.push_back(static_cast<int64_t>(d));
  return perm;
}

// First `a`, then `b`.
Perm Then(const Perm& a, const Perm& b) {
  Perm both;
  for (int64_t d : b) both.push_back(a[static_cast<size_t>(d)]);
  return both;
}

// Transpose of Transpose: one, or none when they cancel.
bool Merge(Rewrite& rewrite, NodeId n) {
  const std::optional<Perm> second = PermOf(rewrite, n);
  if (!second) return false;
  const NodeId before = rewrite.Producer(rewrite.Input(n, 0));
  if (before == kNone) return false;
  const std::optional<Perm> first = PermOf(rewrite, before);
  if (!first || first->size() != second->size()) return false;
  const Perm both = Then(*first, *second);
  const TensorId in = rewrite.Input(before, 0);
  rewrite.Absorb(n, before);
  if (std::is_sorted(both.begin(), both.end()) && !rewrite.tensor(rewrite.Output(n)).is_graph_output) {
    rewrite.ReplaceUses(rewrite.Output(n), in);
    rewrite.Remove(n);
    return true;
  }
  rewrite.SetInput(n, 0, in);
  SetAttribute(rewrite.node(n), "perm", both);
  return true;
}

// The Transpose that reads `t`, directly or behind one Squeeze of axis `axis`.
NodeId TransposeBehind(Rewrite& rewrite, TensorId t, int64_t axis, NodeId* squeeze) {
  *squeeze = kNone;
  NodeId reader = rewrite.OnlyReader(t);
  if (rewrite.Is(reader, "Squeeze")) {
    const auto axes = rewrite.IntValues(rewrite.Input(reader, 1));
    if (!axes || axes->size() != 1 || (*axes)[0] != axis) return kNone;
    *squeeze = reader;
    reader = rewrite.OnlyReader(rewrite.Output(reader));
  }
  return rewrite.Is(reader, "Transpose") ? reader : kNone;
}

TensorId Untransposed(Rewrite& rewrite, TensorId t, const Perm& perm) {
  Tensor copy = rewrite.tensor(t);
  copy.name = absl::StrCat(copy.name, "/untransposed");
  copy.is_graph_output = false;
  copy.consumers.clear();
  if (copy.shape) {
    Shape shape = *copy.shape;
    for (size_t d = 0; d < perm.size(); ++d) shape[static_cast<size_t>(perm[d])] = (*copy.shape)[d];
    copy.shape = std::move(shape);
  }
  rewrite.graph().tensors.push_back(std::move(copy));
  return static_cast<TensorId>(rewrite.graph().tensors.size() - 1);
}

// Squeeze of `axis` in front, and then `perm` over what remains: as a permutation in front of the Squeeze's result.
Perm WithoutAxis(const Perm& perm, int64_t axis) {
  Perm rest;
  const int64_t dropped = perm[static_cast<size_t>(axis)];
  for (size_t d = 0; d < perm.size(); ++d) {
    if (static_cast<int64_t>(d) != axis) rest.push_back(perm[d] > dropped ? perm[d] - 1 : perm[d]);
  }
  return rest;
}

// Transpose, Split, and on some part another Transpose: the split comes first then, and there the two become one.
bool PushThroughSplit(Rewrite& rewrite, NodeId split) {
  if (!rewrite.Is(split, "Split")) return false;
  const NodeId transpose = rewrite.Producer(rewrite.Input(split, 0));
  if (transpose == kNone || !rewrite.IsPrivate(rewrite.Output(transpose))) return false;
  const std::optional<Perm> perm = PermOf(rewrite, transpose);
  if (!perm) return false;
  int64_t axis = IntAttribute(rewrite.node(split), "axis", 0);
  if (axis < 0) axis += static_cast<int64_t>(perm->size());
  const std::vector<TensorId> parts = rewrite.node(split).outputs;
  NodeId squeeze = kNone;
  const bool gains = std::any_of(parts.begin(), parts.end(), [&](TensorId t) {
    return t != kNone && TransposeBehind(rewrite, t, axis, &squeeze) != kNone;
  });
  if (!gains) return false;
  const int64_t moved = (*perm)[static_cast<size_t>(axis)];
  const Node like = rewrite.node(transpose);
  const std::vector<NodeId> origins = rewrite.origins(transpose);
  const TensorId in = rewrite.Input(transpose, 0);
  for (size_t p = 0; p < parts.size(); ++p) {
    if (parts[p] == kNone) continue;
    const NodeId behind = TransposeBehind(rewrite, parts[p], axis, &squeeze);
    const TensorId before = Untransposed(rewrite, parts[p], *perm);
    rewrite.SetOutput(split, p, before);
    if (behind != kNone && squeeze != kNone) {
      const Perm rest = WithoutAxis(*perm, axis);
      const TensorId narrow = Untransposed(rewrite, rewrite.Output(squeeze), rest);
      rewrite.SetInput(squeeze, 0, before);
      rewrite.SetInput(squeeze, 1, rewrite.AddConstant("axes", DType::kInt64, {1}));
      rewrite.SetOutput(squeeze, 0, narrow);
      const Perm both = Then(rest, *PermOf(rewrite, behind));
      rewrite.SetInput(behind, 0, narrow);
      SetAttribute(rewrite.node(behind), "perm", both);
      rewrite.Absorb(behind, transpose);
      continue;
    }
    Node copy = like;
    copy.name = absl::StrCat(like.name, "/", p);
    copy.id = absl::StrCat(like.id, "/", p);
    copy.inputs = {before};
    copy.outputs = {parts[p]};
    rewrite.Add(std::move(copy), origins, false);
  }
  rewrite.SetInput(split, 0, in);
  SetAttribute(rewrite.node(split), "axis", moved);
  rewrite.Remove(transpose);
  return true;
}

// The shape of what is transposed: the shape as it was, permuted.
bool PushThroughShape(Rewrite& rewrite, NodeId shape) {
  if (!rewrite.Is(shape, "Shape") || FindAttribute(rewrite.node(shape), "start") != nullptr) return false;
  const NodeId transpose = rewrite.Producer(rewrite.Input(shape, 0));
  if (transpose == kNone || !rewrite.Is(transpose, "Transpose")) return false;
  const int64_t rank = static_cast<int64_t>(rewrite.Rank(rewrite.Input(transpose, 0)));
  const TensorId out = rewrite.Output(shape);
  const TensorId before =
      rewrite.AddTensor(absl::StrCat(rewrite.tensor(out).name, "/untransposed"), DType::kInt64, {rank});
  Node gather = rewrite.node(shape);
  gather.op_type = "Gather";
  gather.id = absl::StrCat(gather.id, "/Gather");
  gather.name = absl::StrCat(gather.name, "/Gather");
  gather.attributes.clear();
  gather.inputs = {before, rewrite.AddConstant("perm", DType::kInt64, {rank})};
  gather.outputs = {out};
  rewrite.SetInput(shape, 0, rewrite.Input(transpose, 0));
  rewrite.SetOutput(shape, 0, before);
  const std::vector<NodeId> origins = rewrite.origins(shape);
  rewrite.Add(std::move(gather), origins, true);
  return true;
}

}  // namespace

bool PushTransposes(Rewrite& rewrite, const RuntimeOptions&) {
  bool changed = false;
  const size_t count = rewrite.size();
  for (size_t i = 0; i < count; ++i) {
    const NodeId n = static_cast<NodeId>(i);
    changed |= Merge(rewrite, n);
    changed |= PushThroughSplit(rewrite, n);
    changed |= PushThroughShape(rewrite, n);
  }
  return changed;
}

}  // namespace opcost::internal
